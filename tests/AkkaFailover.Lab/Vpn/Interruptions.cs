using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>A time without answers, or with no more than a glimpse of them.</summary>
/// <param name="AfterMs">From the fault to the last answer before it.</param>
/// <param name="Ms">How long it was.</param>
public sealed record Interruption(double AfterMs, double Ms)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Ms:0} ms after {AfterMs:0} ms";
}

/// <summary>What a user would call an interruption.</summary>
public static class Interruptions
{
    /// <summary>Shorter times without an answer are the network's, or the machine's.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// The times for which answers were missing longer than that, from the fault to the end. Answers that come for less than that and stop again have ended
    /// none: a client that was kicked has its tunnel for some 50 ms until its server restarts it.
    /// </summary>
    public static IReadOnlyList<Interruption> Of(IReadOnlyList<Answer> answers, Moment fault, Moment end)
    {
        var last = fault;
        var found = new List<Interruption>();
        foreach (var at in answers.Select(answer => answer.At).Where(at => at > fault).Append(end))
        {
            var (from, to) = ((last - fault).TotalMilliseconds, (at - fault).TotalMilliseconds);
            last = at;
            if (to - from <= Shortest.TotalMilliseconds) continue;
            if (found is [.., var before] && from - (before.AfterMs + before.Ms) <= Shortest.TotalMilliseconds) found[^1] = before with { Ms = to - before.AfterMs };
            else found.Add(new Interruption(from, to - from));
        }
        return found;
    }
}
