namespace AkkaFailover.Fuzz;

/// <summary>A decoder of bytes that come from outside.</summary>
/// <param name="Name">For the command line.</param>
/// <param name="Good">Inputs that are as they should be.</param>
/// <param name="NewRunner">
/// Makes what takes one input after the other on one thread, and throws where the decoder does what it must not. It is given the input and 64 random
/// bits, for what it decides.
/// </param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Good, Func<Action<byte[], ulong>> NewRunner)
{
    /// <summary>How often an input may be read from its begin: each time may allocate anew.</summary>
    public Func<byte[], int> Readings { get; init; } = _ => 1;
}

/// <summary>A decoder did what it must not.</summary>
public sealed class FuzzException(string message, Exception? cause = null) : Exception(message, cause);
