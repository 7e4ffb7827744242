namespace AkkaFailover.Core.Phases;

/// <summary>Makes phases of moments: each begins where the one before it ended, so that they add up to the whole.</summary>
/// <param name="from">Where the first one begins.</param>
public sealed class PhaseChain(Moment from)
{
    private readonly List<Phase> _phases = [];
    private Moment _at = from;

    /// <summary>What has been added.</summary>
    public IReadOnlyList<Phase> Phases => _phases;

    /// <summary>Adds a phase that ended at a moment, or at once where that lies before the end of the last one.</summary>
    public void Add(string name, Moment until, string detail)
    {
        var end = Moment.Max(_at, until);
        _phases.Add(new Phase(name, Math.Round((end - _at).TotalMilliseconds, 1), detail));
        _at = end;
    }
}
