using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>The look at the journal, beside the making of the actor system, which does not need it: a core each.</summary>
public sealed class JournalOpening
{
    private readonly Task<string?> _problem;

    private JournalOpening(Task<string?> problem) => _problem = problem;

    /// <summary>Begins.</summary>
    public static JournalOpening Of(FailoverSettings settings) => new(Task.Run(() => JournalCheck.Open(settings)));

    /// <summary>Waits until the journal is known to be whole and writable.</summary>
    /// <exception cref="DaemonStartException">It is not; the message says what to do.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (await _problem.WaitAsync(cancellationToken) is { } problem) throw new DaemonStartException(problem);
    }
}
