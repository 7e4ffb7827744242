using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Simulation;

/// <summary>What clients were told is safe, whether whoever claims has it, and whether it is there in the end.</summary>
public sealed class Acknowledgements(World world)
{
    // The wait after a standstill, the beat at which it is noticed at the latest, and what a write and a message take.
    private static readonly TimeSpan LongestWait = ReplicaRules.LastWord + ReplicaRules.BeatInterval + TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<HostedReplica, Term> _apartFrom = [];
    private readonly Dictionary<HostedReplica, Acknowledged> _last = [];
    private readonly Dictionary<HostedReplica, (long Request, Moment Since)> _oldest = [];
    private readonly List<(string Key, long Version)> _all = [];
    private readonly List<string> _refused = [];
    private (string Key, long Version)? _onBoth;

    /// <summary>A client has its answer.</summary>
    public void Add(HostedReplica by, string key, long version, bool replicated)
    {
        world.Require(Has(by, key, version), $"{key} acknowledged before it was on disk");
        if (replicated)
        {
            world.Require(world.Nodes.All(node => Has(node.Replica!, key, version)), $"{key} said to be on both disks, and is not");
            _onBoth = (key, version);
            _apartFrom.Clear();
        }
        _last[by] = new Acknowledged(key, version, by.Led, IsOfThePast: Other(by).HighestLed > by.Led);
        _all.Add((key, version));
    }

    /// <summary>A leader has been stepped. When the peer may not believe any more that nothing is acknowledged without it, the leader goes on alone as soon as it may.</summary>
    /// <param name="request">The change that its client has waited for longest; null where nobody waits.</param>
    /// <param name="alone">Since when it could do without the peer: nothing is granted, and it does not hang.</param>
    public void Waits(HostedReplica by, long? request, Moment alone)
    {
        if (request is not { } oldest) _oldest.Remove(by);
        else if (!_oldest.TryGetValue(by, out var known) || known.Request != oldest) _oldest[by] = (oldest, world.Now);
        else world.Require(world.Now - Moment.Max(known.Since, alone) <= LongestWait, $"a change waits at {by.Host.Name} for {(world.Now - known.Since).TotalSeconds:0.0} s, for {(world.Now - alone).TotalSeconds:0.0} s of them without need");
    }

    /// <summary>A client was told for certain that its change does not count.</summary>
    public void Refuse(string key) => _refused.Add(key);

    /// <summary>A claimer says that its replica is complete.</summary>
    public void Replayed(HostedReplica replica, NodeName node, CaughtUp caught)
    {
        if (_onBoth is { } both) world.Require(Has(replica, both.Key, both.Version), $"{node} claims without {both.Key}, version {both.Version}, which was acknowledged as being on both");
        var other = Other(replica);
        // Who has never had anything, and had never heard of another active when its replay began, cannot know that there is something.
        var isNew = replica.Disk.Last == 0 && replica.Disk.InSync.Length < 2 && replica.Host.HeardOfAtClaim == Term.None;
        var isApart = IsApart(replica, other);
        if (caught.MissingVersions > 0 || isNew || Serves(other) || isApart) _apartFrom[replica] = caught.Term;
        foreach (var (by, last) in _last.ToList())
        {
            // Its own, acknowledged while the other one had led under a later term already, is taken back when the two meet.
            var excused = caught.MissingVersions > 0 || isNew || (by == replica ? last.IsOfThePast : isApart || IsSplit(replica, by, last));
            var has = Has(replica, last.Key, last.Version) || IsConflict(replica, last.Key, last.Version);
            world.Require(has || excused, $"{node} claims, misses nothing it says, and has not {last.Key}, version {last.Version}, which was acknowledged");
            if (!has) _last.Remove(by);
        }
    }

    /// <summary>When nothing happens any more both nodes have the same history, in it all that was acknowledged, as an entry or as a conflict, and nothing that was refused.</summary>
    public void Conclude()
    {
        var disks = world.Nodes.Select(node => node.Replica!.Disk).ToList();
        world.Require(disks[0].Last == disks[1].Last && disks[0].Contains(disks[1].Last, disks[1].DigestAt(disks[1].Last)), $"two histories in the end: version {disks[0].Last} and {disks[1].Last}");
        var entries = disks[0].Entries;
        var conflicts = Conflicts(world.Nodes[0].Replica!).Select(change => (change.Key, change.Version)).ToHashSet();
        foreach (var (key, version) in _all)
            world.Require(entries.GetValueOrDefault(key)?.Version == version || conflicts.Contains((key, version)), $"{key}, version {version}, was acknowledged, and is neither an entry nor a conflict");
        foreach (var key in _refused) world.Require(!entries.ContainsKey(key), $"{key} was refused, and is an entry");
    }

    /// <summary>
    /// Two that cannot hear each other both acknowledge: what the later term does not have becomes conflicts, be it that the other one serves still and nothing of its term has ever come here, or that it went
    /// on after this one had led under a later term.
    /// </summary>
    private bool IsSplit(HostedReplica replica, HostedReplica by, Acknowledged last) =>
        (Serves(by) && replica.Host.HeardOf < last.Term) || replica.HighestLed > last.Term;

    /// <summary>
    /// Who claimed and said that it may lack something, or could not know, or while the other one served, or that one's history was such itself, has a history of its own until the other one has followed it: it becomes conflicts where the
    /// other one never heard of it.
    /// </summary>
    private bool IsApart(HostedReplica replica, HostedReplica other) => _apartFrom.TryGetValue(other, out var term) && replica.Host.HeardOf < term;

    /// <summary>It leads, and clients reach it: a leader that hangs or is frozen will find that its lease is over.</summary>
    private static bool Serves(HostedReplica replica) => replica.Leads && replica.Host.Answers;

    private HostedReplica Other(HostedReplica replica) => world.Other(replica.Host).Replica!;

    // What the log does not go back to is an entry: every key is set once.
    private static bool Has(HostedReplica replica, string key, long version)
    {
        var disk = replica.Disk;
        return disk.Entries.GetValueOrDefault(key)?.Version == version
            || (version > disk.Start.Version && version <= disk.Last && disk[version].Chained.Change.Key == key);
    }

    /// <summary>It was taken back, and is a conflict or will be one.</summary>
    private static bool IsConflict(HostedReplica replica, string key, long version) =>
        replica.Disk.Orphans.Values.Concat(Conflicts(replica)).Any(change => change.Key == key && change.Version == version);

    private static IEnumerable<Change> Conflicts(HostedReplica replica) =>
        replica.Disk.Entries.Where(entry => Conflict.IsKey(entry.Key)).Select(entry => Conflict.Decode(entry.Value.Value)!.Change);

    /// <summary>The last change that a node acknowledged.</summary>
    /// <param name="Term">Under which it led.</param>
    /// <param name="IsOfThePast">The other one had led under a later term already.</param>
    private sealed record Acknowledged(string Key, long Version, Term Term, bool IsOfThePast);
}
