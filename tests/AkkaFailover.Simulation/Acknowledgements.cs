using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>What clients were told is safe, and whether whoever claims has it.</summary>
public sealed class Acknowledgements(World world)
{
    private readonly Dictionary<HostedReplica, (Term Term, bool MayLack)> _claims = [];
    private (string Key, long Version)? _onBoth;
    private (string Key, long Version, HostedReplica By, Term Term)? _last;

    /// <summary>A client has its answer.</summary>
    public void Add(HostedReplica by, string key, long version, bool replicated)
    {
        world.Require(Has(by, key, version), $"{key} acknowledged before it was on disk");
        if (replicated)
        {
            world.Require(world.Nodes.All(node => Has(node.Replica!, key, version)), $"{key} said to be on both disks, and is not");
            _onBoth = (key, version);
        }
        _last = (key, version, by, _claims[by].Term);
    }

    /// <summary>A claimer says that its replica is complete.</summary>
    public void Replayed(HostedReplica replica, NodeName node, CaughtUp caught)
    {
        if (_onBoth is { } both) world.Require(Has(replica, both.Key, both.Version), $"{node} claims without {both.Key}, version {both.Version}, which was acknowledged as being on both");
        // Who has never had anything, and has not met the other one, cannot know that there is something.
        var isNew = replica.Disk.Last == 0 && replica.Disk.InSync.Length < 2;
        _claims[replica] = (caught.Term, caught.MissingVersions > 0 || isNew);
        if (_last is not { } last) return;
        // Two that cannot hear each other both acknowledge: what the later term does not have becomes conflicts, be it that the other one leads still, or did go on after
        // this one had led under a later term.
        var split = last.By != replica && (last.By.Leads || replica.Disk.Term > last.Term);
        // Who claimed and said that it may lack something, or could not know, has a history of its own: it becomes conflicts where the other one, which was down then, never heard of it.
        var apart = last.By != replica && _claims[last.By] is { MayLack: true } claim && !replica.KnowsOf(claim.Term);
        if (caught.MissingVersions == 0 && !split && !isNew && !apart) world.Require(Has(replica, last.Key, last.Version), $"{node} claims, misses nothing it says, and has not {last.Key}, version {last.Version}, which was acknowledged");
        if (!Has(replica, last.Key, last.Version)) _last = null;
    }

    // What the log does not go back to is an entry: every key is set once.
    private static bool Has(HostedReplica replica, string key, long version)
    {
        var disk = replica.Disk;
        return disk.Entries.GetValueOrDefault(key)?.Version == version
            || (version > disk.Start.Version && version <= disk.Last && disk[version].Chained.Change.Key == key);
    }
}
