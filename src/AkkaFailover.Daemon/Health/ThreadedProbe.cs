using System.Collections.Concurrent;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Health;

/// <summary>
/// Tries checks on threads of their own, since a starved thread pool must not make a healthy service look sick. A try may outlive
/// its time where the system does not let go of it (a name server that does not answer): then no second one begins.
/// </summary>
internal sealed class ThreadedProbe<TCheck>(Func<TCheck, ProbeAnswer> run)
    where TCheck : HealthCheckSettings
{
    private readonly ConcurrentDictionary<string, bool> _running = new();

    public IDisposable Begin(TCheck check, Action<ProbeAnswer> done)
    {
        var attempt = new Attempt(done);
        if (!_running.TryAdd(check.Name, true))
        {
            attempt.Answer(new ProbeAnswer(false, "the try before has not ended yet"));
            return attempt;
        }
        var thread = new Thread(() =>
        {
            var answer = run(check);
            _running.TryRemove(check.Name, out _);
            attempt.Answer(answer);
        })
        {
            IsBackground = true,
            Name = $"check-{check.Name}",
        };
        thread.Start();
        return attempt;
    }
}

/// <summary>One try: answers once, and not at all after it was given up.</summary>
internal sealed class Attempt(Action<ProbeAnswer> done) : IDisposable
{
    private Action<ProbeAnswer>? _done = done;

    public void Answer(ProbeAnswer answer) => Interlocked.Exchange(ref _done, null)?.Invoke(answer);

    public void Dispose() => Interlocked.Exchange(ref _done, null);
}
