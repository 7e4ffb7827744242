using System.Collections.Immutable;

namespace AkkaFailover.Core;

/// <summary>Runs that a later one has replaced, of the peer's process or of its replica: words of theirs may still be on their way, and do not count.</summary>
public sealed record ReplacedRuns
{
    /// <summary>So many of the last are kept: nothing is on its way for longer.</summary>
    private const int Kept = 16;

    private readonly ImmutableArray<ulong> _runs;

    private ReplacedRuns(ImmutableArray<ulong> runs) => _runs = runs;

    /// <summary>There was none before this one.</summary>
    public static ReplacedRuns None { get; } = new([]);

    /// <summary>Whether a later run has replaced this one.</summary>
    public bool Contains(ulong run) => _runs.Contains(run);

    /// <summary>Another one has been replaced.</summary>
    public ReplacedRuns With(ulong run) => new((_runs.Length < Kept ? _runs : _runs.RemoveAt(0)).Add(run));
}
