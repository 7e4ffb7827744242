using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>What happened around a fault, on one time line: for people who look for the cause.</summary>
internal static class Story
{
    private static readonly TimeSpan ShortGap = TimeSpan.FromMilliseconds(100), Before = TimeSpan.FromSeconds(1);

    /// <summary>The time line, in seconds from the fault on.</summary>
    public static string Tell(Evidence seen) => string.Join('\n', Lines(seen).Where(line => line.At > seen.Began - Before).OrderBy(line => line.At)
        .Select(line => FormattableString.Invariant($"    {(line.At - seen.Began).TotalSeconds,8:0.000} {line.What}")));

    private static IEnumerable<(Moment At, string What)> Lines(Evidence seen)
    {
        yield return (seen.Began, $"FAULT   {string.Join("; then ", seen.Casts)}");
        yield return (seen.Mended, "MENDED");
        foreach (var change in seen.Record.Changes) yield return (change.At, $"kernel  {change.Host} {(change.Present ? "has" : "no longer has")} the address");
        foreach (var happened in seen.Events) yield return (happened.At, $"{happened.Node,-7} {happened.Kind}: {happened.Text}");
        foreach (var gap in Gaps(seen)) yield return gap;
    }

    private static IEnumerable<(Moment At, string What)> Gaps(Evidence seen)
    {
        Answer? last = null;
        foreach (var answer in seen.Record.Pings)
        {
            if (last is { } before && answer.At - before.At > ShortGap) yield return (before.At, $"client  no answer for {(answer.At - before.At).TotalMilliseconds:0} ms, then of {NameOf(answer.From)}");
            else if (last is { } other && other.From != answer.From) yield return (answer.At, $"client  is answered by {NameOf(answer.From)} instead of {NameOf(other.From)}");
            last = answer;
        }
        if (last is { } end && seen.Record.To - end.At > ShortGap) yield return (end.At, "client  no answer any more");
    }

    private static string NameOf(MacAddress station) => LabTopology.Hosts.FirstOrDefault(host => host.Cables.Any(cable => cable.Mac == station))?.Name ?? station.ToString();
}
