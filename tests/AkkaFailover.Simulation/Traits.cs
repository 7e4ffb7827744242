namespace AkkaFailover.Simulation;

/// <summary>What a story has besides two nodes.</summary>
/// <param name="Witness">A third host that a claimer must reach.</param>
/// <param name="Service">A process on the active, which sometimes fails or is slow.</param>
/// <param name="Replica">A replica with a client that writes; without one whoever claims has everything.</param>
public sealed record Traits(bool Witness, bool Service, bool Replica)
{
    /// <summary>Two nodes.</summary>
    public static readonly Traits None = new(false, false, false);

    /// <summary>A seed's.</summary>
    public static Traits For(int seed) => new(seed % 3 == 0, seed % 5 == 1, seed % 8 == 2);
}
