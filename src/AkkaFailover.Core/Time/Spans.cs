namespace AkkaFailover.Core;

/// <summary>What <see cref="TimeSpan"/> does not have.</summary>
internal static class Spans
{
    /// <summary>The shorter one.</summary>
    public static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Three of them; in whole ticks, which is what the product with a number with a fraction costs most of its time to come back to.</summary>
    public static TimeSpan Three(TimeSpan span) => new(span.Ticks * 3);

    /// <summary>One and a half.</summary>
    public static TimeSpan OneAndAHalf(TimeSpan span) => new(span.Ticks * 3 / 2);

    /// <summary>A quarter.</summary>
    public static TimeSpan Quarter(TimeSpan span) => new(span.Ticks / 4);

    /// <summary>The longer one.</summary>
    public static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
