namespace AkkaFailover.Simulation;

/// <summary>What a story has besides two nodes, and how they are set.</summary>
/// <param name="Witness">A third host that a claimer must reach.</param>
/// <param name="Service">A process on the active, which sometimes fails or is slow.</param>
/// <param name="Replica">A replica with a client that writes; without one whoever has met the other one has everything.</param>
/// <param name="ProbeAddress"><c>probe-address</c>.</param>
/// <param name="ClaimWhenStale"><c>config.claim-when-stale</c>.</param>
/// <param name="Checks">Of the service: what is slow serves when its checks are up.</param>
/// <param name="Late">Frames come late for a while, besides all other faults.</param>
public sealed record Traits(bool Witness, bool Service, bool Replica, bool ProbeAddress, bool ClaimWhenStale, bool Checks, bool Late)
{
    /// <summary>Two nodes with the default settings.</summary>
    public static readonly Traits None = new(false, false, false, ProbeAddress: true, ClaimWhenStale: true, Checks: false, Late: false);

    /// <summary>A seed's: each of them by itself, and not tied to the timing.</summary>
    public static Traits For(int seed)
    {
        var draw = new Random(seed ^ 0x5EED);
        return new Traits(draw.Next(3) == 0, draw.Next(5) == 0, draw.Next(6) == 0, ProbeAddress: draw.Next(8) != 0, ClaimWhenStale: draw.Next(4) != 0,
            Checks: draw.Next(2) == 0, Late: draw.Next(4) == 0);
    }
}
