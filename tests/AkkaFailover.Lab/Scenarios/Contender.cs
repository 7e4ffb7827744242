using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>A daemon with a timing: a column of the table.</summary>
/// <param name="Daemon">Its name.</param>
/// <param name="Timing">Of its adverts.</param>
/// <param name="Prepare">Makes the pair's two nodes in a lab.</param>
/// <param name="Faults">The faults that make sense for it.</param>
public sealed record Contender(string Daemon, Timing Timing, Func<LabNetwork, (Node A, Node B)> Prepare, IReadOnlyList<Fault> Faults)
{
    // Peers have no command that hands over.
    private static readonly IReadOnlyList<Fault> PeerFaults = [.. Fault.All.Where(fault => fault != Fault.Handover)];

    /// <summary>AkkaFailover's name in the results.</summary>
    public const string OurName = "akka-failover";

    /// <summary>AkkaFailover with a timing; its daemons are started through a command that becomes them, if one is given.</summary>
    public static Contender Ours(Timing timing, params string[] wrapper) => new(OurName, timing, lab =>
    {
        PairConfiguration.Write(lab, timing);
        return (new AkkaNode(lab.A, wrapper), new AkkaNode(lab.B, wrapper));
    }, Fault.All);

    /// <summary>ucarp; with advbase 0 a pair of it flaps for ever, so it has one timing.</summary>
    public static readonly Contender Ucarp = new("ucarp", Timing.OneSecond,
        lab => (new UcarpNode(lab.A, Timing.OneSecond), new UcarpNode(lab.B, Timing.OneSecond)), PeerFaults);

    /// <summary>keepalived with a timing.</summary>
    public static Contender Keepalived(Timing timing) => new("keepalived", timing,
        lab => (new KeepalivedNode(lab.A, timing), new KeepalivedNode(lab.B, timing)), PeerFaults);

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<Contender> All = [.. Timing.All.Select(timing => Ours(timing)), Ucarp, .. Timing.All.Select(Keepalived)];

    /// <summary>The daemons, in the order of the table.</summary>
    public static IEnumerable<string> Daemons => All.Select(contender => contender.Daemon).Distinct();

    /// <summary>Whether it is AkkaFailover.</summary>
    public bool IsOurs => Daemon == OurName;
}
