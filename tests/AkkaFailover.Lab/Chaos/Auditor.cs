using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>Judges what was seen of each fault; what it says is what the pair promised and did not keep.</summary>
internal sealed class Auditor
{
    private readonly HashSet<uint> _terms = [];
    private readonly Dictionary<string, HistoryEvent> _last = [];
    private uint _highest;

    /// <summary>What was not as promised; empty where everything was.</summary>
    public IReadOnlyList<string> Judge(Evidence seen) => [.. Holders(seen), .. Outage(seen), .. RoleStays(seen), .. RoleMoves(seen), .. Causes(seen), .. Replays(seen), .. Terms(seen), .. seen.Trouble];

    /// <summary>Both nodes have been started anew, and what their histories say of it was not read.</summary>
    public void BeginAnew() => _last.Clear();

    /// <summary>Nothing happens between two faults.</summary>
    /// <param name="rest">Observed from before the last fault on.</param>
    /// <param name="since">The rest after it.</param>
    /// <param name="late">How long the machine let a thread of ordinary priority wait at worst.</param>
    public static IEnumerable<string> JudgeRest(Record rest, Moment since, TimeSpan late)
    {
        foreach (var change in rest.Changes.Where(change => change.At > since)) yield return $"between two faults {change.Host} {(change.Present ? "added" : "removed")} the address";
        var outage = Observation.Outage.LongestGap(rest.Pings, since, rest.To);
        if (outage > TimeSpan.FromSeconds(ChaosFaults.Unnoticed) + late) yield return $"between two faults the client had no answer for {Time(outage)}";
    }

    private static IEnumerable<string> Holders(Evidence seen)
    {
        var unheard = TimeSpan.Zero;
        foreach (var (from, to) in Holdings.Overlaps(seen.Holdings).Where(both => !(seen.InPartition(both.From) && seen.InPartition(both.To))))
        {
            if (seen.HeldUnheard(from, to) && (unheard += to - from) <= seen.UntilHeard) continue;
            yield return $"both held the address for {Time(to - from)}, from {Time(from - seen.Began)} after the fault"
                + (seen.PartedAt is { } parted ? $"; no path was whole from {Time(parted - seen.Began)} to {Time(seen.Mended - seen.Began)}, and one has to give way until {Time(seen.HealedAt - seen.Began)}" : "");
        }
        if (seen.AnsweredByBoth > TimeSpan.Zero) yield return $"both answered for the address for {Time(seen.AnsweredByBoth)}";
    }

    private static IEnumerable<string> Outage(Evidence seen)
    {
        var allowed = seen.Bound + seen.Margin;
        if (seen.Judged > allowed) yield return $"nobody was there for {Time(seen.Judged)} (client {Time(seen.Outage)}, without a holder {Time(seen.Nobody)}); bound {Time(seen.Bound)}, with the machine's margin {Time(allowed)}";
        var unnoticed = TimeSpan.FromSeconds(seen.Casts.Count * ChaosFaults.Unnoticed) + seen.Margin;
        if (seen.Casts.All(cast => cast.Stays) && seen.Nobody > unnoticed) yield return $"nobody held the address for {Time(seen.Nobody)}, though nothing had to move";
    }

    private static IEnumerable<string> RoleStays(Evidence seen)
    {
        if (!seen.Casts.All(cast => cast.Stays)) yield break;
        // Of a partition the higher term comes out, whichever node it was that two faults cut off; afterwards nothing has to move again.
        if (seen.Holdings.Any(holding => holding.Host != seen.Before && !seen.MayMove(holding.From))) yield return $"the role moved from {seen.Before}, which nothing has hit that could move it";
        // Who gave way may recover, or ask to be started again because its link cannot come back; that moves no role.
        var mayHaveMoved = seen.MayMove(seen.Mended);
        foreach (var change in seen.Events.Where(change => change.Node == seen.Before && change.To.Length > 0 && !seen.MayMove(change.At)
            && (change.From is not ("starting" or "fault") || !mayHaveMoved))) yield return $"{change.Node} went from {change.From} to {change.To}, though nothing had to move: {change.Cause}";
    }

    private static IEnumerable<string> RoleMoves(Evidence seen)
    {
        if (!seen.Together && seen.Casts[0].Moves && seen.Holdings.All(holding => holding.Host == seen.Before)) yield return $"the role stayed on {seen.Before}";
        if (seen.Together || seen.Casts[0].Fault.Key == "full-disk") yield break;
        foreach (var host in seen.Holdings.Select(holding => holding.Host).Distinct().Where(host => host != seen.Before && !seen.Events.Any(change => change.Node == host && change.To == "active")))
            yield return $"{host} held the address, and its history does not say so";
    }

    private IEnumerable<string> Causes(Evidence seen)
    {
        foreach (var node in seen.Events.Where(happened => happened.To.Length > 0).GroupBy(happened => happened.Node))
        {
            var changes = node.ToList();
            if (_last.TryGetValue(node.Key, out var last)) changes.Insert(0, last);
            _last[node.Key] = changes[^1];
            foreach (var change in node.Where(change => change.Cause.Length == 0)) yield return $"{change.Node}: {change.From} to {change.To} without a cause";
            // What a full disk has no room for is not in the history.
            if (seen.Casts.Any(cast => cast.Fault.Key == "full-disk") && node.Key == "b") continue;
            foreach (var (before, after) in changes.Zip(changes.Skip(1)).Where(pair => pair.Second.From != pair.First.To && pair.Second.From != "starting"))
                yield return $"{node.Key}: the history goes from {before.To} (term {before.Term}) on with {after.From} (term {after.Term})";
        }
    }

    /// <summary>What ends <c>replaying</c> is the verified digest: the address never comes before the configuration.</summary>
    private static IEnumerable<string> Replays(Evidence seen) => seen.Events
        .Where(change => change is { To: "active", From: not "claiming" } or { To: "claiming", From: not "replaying" })
        .Select(change => $"{change.Node}: {change.To} after {change.From}, without a replay");

    private IEnumerable<string> Terms(Evidence seen)
    {
        foreach (var claim in seen.Events.Where(happened => happened.To == "active"))
        {
            if (!_terms.Add(claim.Term)) yield return $"{claim.Node}: term {claim.Term} was active before";
            else if (claim.Term < _highest && !seen.InPartition(claim.At)) yield return $"{claim.Node}: active with term {claim.Term} after term {_highest}";
            _highest = Math.Max(_highest, claim.Term);
        }
    }

    private static string Time(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
