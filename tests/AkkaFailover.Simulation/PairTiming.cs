using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>The timing of both nodes.</summary>
public sealed record PairTiming(HeartbeatTiming OfA, HeartbeatTiming OfB)
{
    // Of CARP: seconds, and 256ths of one.
    private static readonly PairTiming Default = new(Of(0, 51), Of(0, 51)), OneSecond = new(Of(1, 0), Of(1, 0));

    // Node b is faster than node a, or waits for fewer adverts; or both are as fast as can be, and a process may be gone for longer than a deadline before its port refuses.
    private static readonly PairTiming[] Unlike = [new(Of(0, 51), Of(0, 20)), new(Of(1, 0), Of(0, 51)), new(Of(0, 51, ratio: 5), Of(0, 51)), new(Of(0, 51), Of(0, 51, ratio: 2)), new(Of(0, 2, ratio: 6), Of(0, 2, ratio: 6))];

    /// <summary>A seed's: the default, or a second; or each node another, or fast ones.</summary>
    public static PairTiming For(int seed, bool unlike) => unlike ? Unlike[(seed + (seed / Unlike.Length)) % Unlike.Length] : seed % 2 == 0 ? Default : OneSecond;

    private static HeartbeatTiming Of(int advbase, int advskew, int ratio = 3)
    {
        var interval = TimeSpan.FromSeconds(advbase) + TimeSpan.FromMicroseconds(advskew * 1_000_000L / 256);
        return new HeartbeatTiming(interval, interval * ratio);
    }
}
