using AkkaFailover.Core.Settings;

namespace AkkaFailover.Lab.Nodes;

/// <summary>A timing of the heartbeat, and what comes nearest to it in daemons that cannot have it.</summary>
/// <param name="Name">For the table.</param>
/// <param name="AdvBase">CARP: whole seconds.</param>
/// <param name="AdvSkew">CARP: 1/256 s.</param>
/// <param name="VrrpInterval">keepalived's <c>advert_int</c>, seconds.</param>
public sealed record Timing(string Name, byte AdvBase, byte AdvSkew, string VrrpInterval)
{
    /// <summary>The timing that ucarp and keepalived have by default.</summary>
    public static readonly Timing OneSecond = new("advbase 1, advskew 0", 1, 0, "1");

    /// <summary>AkkaFailover's default: 199 ms between adverts, 598 ms to the deadline.</summary>
    public static readonly Timing Default = new("advbase 0, advskew 51", 0, 51, "0.2");

    /// <summary>Interval and deadline by the design's rule, dead ratio 3.</summary>
    public HeartbeatTiming Heartbeat =>
        new CarpSettings(1, new Secret([]), AdvBase, AdvSkew, 3, CarpPeer.Ours, CarpSourceMac.Virtual, System.Net.IPAddress.None, []).Timing;
}
