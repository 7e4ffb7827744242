namespace AkkaFailover.Core.Stalls;

/// <summary>A time in which the heartbeat thread had something to do and could not.</summary>
/// <param name="At">When it went on.</param>
/// <param name="Length">How long after its time that was.</param>
/// <param name="Collecting">How long collections of the runtime stopped all threads since the thread had run last.</param>
/// <param name="Starving">How long the thread was ready since then and no processor took it; zero where the kernel does not tell.</param>
public readonly record struct Stall(Moment At, TimeSpan Length, TimeSpan Collecting, TimeSpan Starving)
{
    /// <summary>What is shorter is no stall but the ordinary noise of wake-ups.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);

    /// <summary>Upper bounds of a histogram's buckets, in milliseconds; the last one takes the rest.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, double.PositiveInfinity];

    /// <summary>What is known of the cause, for people. What makes up half of the length has caused it: the rest may be its consequence.</summary>
    public string Cause => (Collecting >= Length / 2, Starving >= Length / 2, Collecting + Starving >= Length / 2) switch
    {
        (true, _, _) => $"a collection of the runtime ({Milliseconds(Collecting)})",
        (_, true, _) => $"no processor was free ({Milliseconds(Starving)})",
        (_, _, true) => $"a collection of the runtime ({Milliseconds(Collecting)}), and no processor was free ({Milliseconds(Starving)})",
        _ => "the process was stopped, or the machine stood still",
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Milliseconds(Length)}: {Cause}";

    private static string Milliseconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms");
}
