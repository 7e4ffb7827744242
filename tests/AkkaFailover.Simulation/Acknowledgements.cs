using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>What clients were told is safe, and whether whoever claims has it.</summary>
public sealed class Acknowledgements(World world)
{
    private readonly Dictionary<HostedReplica, Lead> _leads = [];
    private (string Key, long Version)? _onBoth;
    private (string Key, long Version, HostedReplica By, Term Term, bool IsOfThePast)? _last;

    /// <summary>A client has its answer.</summary>
    public void Add(HostedReplica by, string key, long version, bool replicated)
    {
        world.Require(Has(by, key, version), $"{key} acknowledged before it was on disk");
        if (replicated)
        {
            world.Require(world.Nodes.All(node => Has(node.Replica!, key, version)), $"{key} said to be on both disks, and is not");
            _onBoth = (key, version);
            _leads[by] = _leads[by] with { ApartFrom = null };
        }
        _last = (key, version, by, _leads[by].Term, _leads.Values.Any(lead => lead.Term > _leads[by].Term));
    }

    /// <summary>A claimer says that its replica is complete.</summary>
    public void Replayed(HostedReplica replica, NodeName node, CaughtUp caught)
    {
        if (_onBoth is { } both) world.Require(Has(replica, both.Key, both.Version), $"{node} claims without {both.Key}, version {both.Version}, which was acknowledged as being on both");
        // Who has never had anything, and has not met the other one, cannot know that there is something.
        var isNew = replica.Disk.Last == 0 && replica.Disk.InSync.Length < 2;
        var beside = world.Nodes.Select(other => other.Replica!).Any(other => other != replica && (Serves(other) || IsApart(replica, other)));
        Term? apartFrom = caught.MissingVersions > 0 || isNew || beside ? caught.Term : null;
        _leads[replica] = new Lead(caught.Term, apartFrom ?? _leads.GetValueOrDefault(replica)?.ApartFrom);
        if (_last is not { } last) return;
        // Its own, acknowledged while the other one had led under a later term already, is taken back when the two meet.
        var excused = isNew || (last.By == replica ? last.IsOfThePast : IsSplit(replica) || IsApart(replica, last.By));
        if (caught.MissingVersions == 0 && !excused) world.Require(Has(replica, last.Key, last.Version), $"{node} claims, misses nothing it says, and has not {last.Key}, version {last.Version}, which was acknowledged");
        if (!Has(replica, last.Key, last.Version)) _last = null;
    }

    /// <summary>
    /// Two that cannot hear each other both acknowledge: what the later term does not have becomes conflicts, be it that the other one serves still, or that it went on after
    /// this one had led under a later term.
    /// </summary>
    private bool IsSplit(HostedReplica replica) => _last is { } last && (Serves(last.By) || replica.Disk.Term > last.Term || replica.Led > last.Term);

    /// <summary>
    /// Who claimed and said that it may lack something, or could not know, or while the other one served, or that one's history was such itself, has a history of its own until the other one has followed it: it becomes conflicts where the
    /// other one never heard of it.
    /// </summary>
    private bool IsApart(HostedReplica replica, HostedReplica other) => _leads.GetValueOrDefault(other)?.ApartFrom is { } term && !replica.KnowsOf(term);

    /// <summary>It leads, and clients reach it: a leader that hangs or is frozen will find that its lease is over.</summary>
    private bool Serves(HostedReplica replica) => replica.Leads && world.Nodes.Any(node => node.Replica == replica && node.Answers);

    // What the log does not go back to is an entry: every key is set once.
    private static bool Has(HostedReplica replica, string key, long version)
    {
        var disk = replica.Disk;
        return disk.Entries.GetValueOrDefault(key)?.Version == version
            || (version > disk.Start.Version && version <= disk.Last && disk[version].Chained.Change.Key == key);
    }

    /// <summary>What is known of a replica's last lead.</summary>
    /// <param name="Term">Its term.</param>
    /// <param name="ApartFrom">Since that term its history may lack something that the other one has; null where they have been one since.</param>
    private sealed record Lead(Term Term, Term? ApartFrom);
}
