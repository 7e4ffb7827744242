namespace AkkaFailover.Lab.Chaos;

/// <summary>What one fault, or two that overlapped, came to; times in milliseconds.</summary>
/// <param name="Number">Its place in the run.</param>
/// <param name="Keys">The faults.</param>
/// <param name="Words">The same for people, with targets and lengths.</param>
/// <param name="OnActive">Whether the active was the target.</param>
/// <param name="OutageMs">The client's longest time without an answer of a node.</param>
/// <param name="JudgedMs">What of it, or of the next one, was judged by the bound.</param>
/// <param name="NobodyMs">The longest time in which nobody held the address.</param>
/// <param name="HeldByBothMs">How long both kernels had it.</param>
/// <param name="IsPartition">Whether no path between them was whole for a time, so that they may have.</param>
/// <param name="BoundMs">The longest outage that is promised.</param>
/// <param name="MarginMs">What the machine may add to it.</param>
/// <param name="Before">Who held the address before.</param>
/// <param name="After">Who held it at rest.</param>
/// <param name="RestMs">From the mending to the rest.</param>
/// <param name="ObserverLateMs">How late the observer's own threads were at worst: what took less than that it may not have seen.</param>
/// <param name="Acknowledged">Changes acknowledged meanwhile, by both nodes.</param>
/// <param name="Alone">By one.</param>
/// <param name="Ended">Daemons that ended and were started again although no fault had ended them, and what an operator would have had to do.</param>
/// <param name="Violations">What was not as promised.</param>
internal sealed record ChaosResult(int Number, IReadOnlyList<string> Keys, string Words, bool OnActive, double OutageMs, double JudgedMs, double NobodyMs, double HeldByBothMs, bool IsPartition, double BoundMs, double MarginMs,
    string Before, string After, double RestMs, double ObserverLateMs, int Acknowledged, int Alone, IReadOnlyList<string> Ended, IReadOnlyList<string> Violations)
{
    /// <summary>It was as promised only with what the machine may add.</summary>
    public bool NeededMargin => JudgedMs > BoundMs;

    /// <summary>One line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Words}: outage {OutageMs:0} of {BoundMs:0} + {MarginMs:0} ms, held by both {HeldByBothMs:0} ms, {Before} -> {After}, at rest after {RestMs / 1000:0.0} s, {Acknowledged} + {Alone} changes")
        + string.Concat(Ended.Select(ended => $"; {ended}"));
}
