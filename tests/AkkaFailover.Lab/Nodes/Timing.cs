using AkkaFailover.Core.Settings;

namespace AkkaFailover.Lab.Nodes;

/// <summary>A timing of the heartbeat, and what comes nearest to it in daemons that cannot have it.</summary>
/// <param name="Key">For the command line, the results and the table: the time between two adverts.</param>
/// <param name="Name">In AkkaFailover's own terms.</param>
/// <param name="AdvBase">CARP: whole seconds.</param>
/// <param name="AdvSkew">CARP: 1/256 s.</param>
/// <param name="VrrpInterval">keepalived's <c>advert_int</c>, seconds.</param>
/// <param name="DeadRatio">CARP: missed adverts until the deadline.</param>
public sealed record Timing(string Key, string Name, byte AdvBase, byte AdvSkew, string VrrpInterval, int DeadRatio = 3)
{
    /// <summary>The timing that ucarp and keepalived have by default.</summary>
    public static readonly Timing OneSecond = new("1s", "advbase 1, advskew 0", 1, 0, "1");

    /// <summary>AkkaFailover's default: 199 ms between adverts, 598 ms to the deadline.</summary>
    public static readonly Timing Default = new("200ms", "advbase 0, advskew 51", 0, 51, "0.2");

    /// <summary>102 ms between adverts.</summary>
    public static readonly Timing Tenth = new("100ms", "advbase 0, advskew 26", 0, 26, "0.1");

    /// <summary>The fastest that keepalived has; CARP counts in 1/256 s, and 7.8 ms are the next faster.</summary>
    public static readonly Timing Fast = new("10ms", "advbase 0, advskew 2, dead-ratio 6", 0, 2, "0.01", DeadRatio: 6);

    /// <summary>All of them, the slowest first.</summary>
    public static readonly IReadOnlyList<Timing> All = [OneSecond, Default, Fast];

    /// <summary>Whether AkkaFailover promises to be no slower than the peers: not at keepalived's fastest.</summary>
    public bool IsCompared => this != Fast;

    /// <summary>Interval and deadline by the design's rule.</summary>
    public HeartbeatTiming Heartbeat =>
        new CarpSettings(1, new Secret([]), AdvBase, AdvSkew, DeadRatio, CarpPeer.Ours, CarpSourceMac.Virtual, System.Net.IPAddress.None, []).Timing;
}
