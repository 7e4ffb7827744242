namespace AkkaFailover.Core;

/// <summary>What <see cref="TimeSpan"/> does not have.</summary>
internal static class Spans
{
    /// <summary>The shorter one.</summary>
    public static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>The longer one.</summary>
    public static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
