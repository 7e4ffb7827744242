using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>Judges what was seen of each fault; what it says is what the pair promised and did not keep.</summary>
internal sealed class Auditor(ChaosRig rig)
{
    /// <summary>What the machine may add to every bound; how long it let a thread of ordinary priority wait meanwhile is added to it.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    // The name of a process has fifteen characters.
    private const string GuardName = "akka-failover-g";
    private readonly HashSet<uint> _terms = [];
    private uint _highest;

    /// <summary>What was not as promised; empty where everything was.</summary>
    public IReadOnlyList<string> Judge(Evidence seen) =>
        [.. Holders(seen), .. Outage(seen), .. RoleStays(seen), .. Causes(seen), .. Terms(seen), .. seen.Ended, .. rig.Nodes.SelectMany(AtRest)];

    private static IEnumerable<string> Holders(Evidence seen)
    {
        if (!seen.IsPartition)
        {
            if (seen.HeldByBoth > TimeSpan.Zero) yield return $"both held the address for {Time(seen.HeldByBoth)}";
            if (seen.AnsweredByBoth > TimeSpan.Zero) yield return $"both answered for the address for {Time(seen.AnsweredByBoth)}";
            yield break;
        }
        var healing = 2 * Timing.Default.Heartbeat.Deadline;
        foreach (var (_, to) in Holdings.Overlaps(seen.Holdings).Where(both => both.To > seen.Mended + healing + Margin + seen.Late))
            yield return $"both held the address until {Time(to - seen.Mended)} after the partition had healed; two deadlines are {Time(healing)}";
    }

    private static IEnumerable<string> Outage(Evidence seen)
    {
        var allowed = seen.Bound + Margin + seen.Late;
        if (seen.Judged > allowed) yield return $"nobody was there for {Time(seen.Judged)} (client {Time(seen.Outage)}, without a holder {Time(seen.Nobody)}); bound {Time(seen.Bound)}, with the machine's margin {Time(allowed)}";
    }

    private static IEnumerable<string> RoleStays(Evidence seen)
    {
        if (seen.Together || seen.Casts[0] is not { Fault: var fault, Draw.IsActive: var ofActive } || (ofActive ? !fault.Stays : fault.MovesByStandby)) yield break;
        if (seen.Holdings.Any(holding => holding.Host != seen.Before)) yield return $"the role moved from {seen.Before}, which nothing has hit that could move it";
    }

    private static IEnumerable<string> Causes(Evidence seen)
    {
        foreach (var node in seen.Events.Where(happened => happened.To.Length > 0).GroupBy(happened => happened.Node))
        {
            var changes = node.ToList();
            foreach (var change in changes.Where(change => change.Cause.Length == 0)) yield return $"{change.Node}: {change.From} to {change.To} without a cause";
            // What a full disk has no room for is not in the history.
            if (seen.Casts.Any(cast => cast.Fault.Key == "full-disk") && node.Key == "b") continue;
            foreach (var (before, after) in changes.Zip(changes.Skip(1)).Where(pair => pair.Second.From != pair.First.To && pair.Second.From != "starting"))
                yield return $"{node.Key}: the history goes from {before.To} (term {before.Term}) on with {after.From} (term {after.Term})";
        }
    }

    private IEnumerable<string> Terms(Evidence seen)
    {
        foreach (var claim in seen.Events.Where(happened => happened.To == "active"))
        {
            if (!_terms.Add(claim.Term)) yield return $"{claim.Node}: term {claim.Term} was active before";
            else if (claim.Term < _highest && !seen.IsPartition) yield return $"{claim.Node}: active with term {claim.Term} after term {_highest}";
            _highest = Math.Max(_highest, claim.Term);
        }
    }

    private IEnumerable<string> AtRest(AkkaNode node)
    {
        var (name, guards) = (node.Host.Name, node.Guards());
        if (!node.Runs) yield return $"{name}: the daemon does not run";
        if (guards.Count != 1 || LabHost.NameOf(guards[0]) != GuardName) yield return $"{name}: beside the daemon run [{string.Join(", ", guards.Select(pid => $"{pid} {LabHost.NameOf(pid)}"))}] instead of one guard";
        if (node.Runs && LabHost.ChildrenOf(node.Process!.Pid).Where(IsZombie).ToList() is { Count: > 0 } zombies) yield return $"{name}: zombies of the daemon: {string.Join(", ", zombies)}";
        if (node.Host.HoldsVirtualAddress() != rig.Pair.Observer.Holders.Contains(name)) yield return $"{name}: the kernel's addresses are not what its events say";
        if (!node.Host.HasOwnAddress()) yield return $"{name}: its own LAN address is gone";
    }

    private static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Time(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
