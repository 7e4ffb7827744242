using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>A time without an answer.</summary>
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

    /// <summary>The times for which answers were missing longer than that, from the fault to the end.</summary>
    public static IReadOnlyList<Interruption> Of(IReadOnlyList<Answer> answers, Moment fault, Moment end)
    {
        var last = fault;
        var found = new List<Interruption>();
        foreach (var at in answers.Select(answer => answer.At).Where(at => at > fault).Append(end))
        {
            if (at - last > Shortest) found.Add(new Interruption((last - fault).TotalMilliseconds, (at - last).TotalMilliseconds));
            last = at;
        }
        return found;
    }
}
