namespace AkkaFailover.Core;

/// <summary>What <see cref="TimeSpan"/> does not have.</summary>
internal static class Spans
{
    /// <summary>The shorter one.</summary>
    public static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>So many of them, or of a part; TimeSpan's own product goes through numbers with a fraction, which is dear where each step takes it.</summary>
    public static TimeSpan Times(TimeSpan span, long numerator, long denominator = 1) => new(span.Ticks * numerator / denominator);

    /// <summary>The longer one.</summary>
    public static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
