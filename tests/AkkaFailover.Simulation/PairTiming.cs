using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>The timing of both nodes.</summary>
public sealed record PairTiming(HeartbeatTiming OfA, HeartbeatTiming OfB)
{
    // Of CARP: seconds, and 256ths of one.
    private static readonly PairTiming Default = new(Of(0, 51), Of(0, 51)), OneSecond = new(Of(1, 0), Of(1, 0));

    /// <summary>Node b is faster than node a.</summary>
    public static readonly PairTiming Unlike = new(Of(0, 51), Of(0, 20));

    /// <summary>A seed's: the default, or a second.</summary>
    public static PairTiming For(int seed) => seed % 2 == 0 ? Default : OneSecond;

    private static HeartbeatTiming Of(int advbase, int advskew)
    {
        var interval = TimeSpan.FromSeconds(advbase) + TimeSpan.FromMicroseconds(advskew * 1_000_000L / 256);
        return new HeartbeatTiming(interval, interval * 3);
    }
}
