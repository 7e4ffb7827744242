namespace AkkaFailover.Fuzz;

/// <summary>SplitMix64: the same numbers for the same seed on every machine, and a seed costs nothing.</summary>
public struct Randomness(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below a bound of at least 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);
}
