using System.Collections.Concurrent;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Health;

/// <summary>
/// Good when a command ends with 0. Its process group is killed when its time is over, and what it leaves in it when it ends. What it
/// writes is read and thrown away, but for the last line.
/// </summary>
internal sealed class ExecProbe(IProcessLauncher launcher)
{
    private readonly ConcurrentDictionary<string, bool> _running = new();

    public IDisposable Begin(ExecCheck check, IReadOnlyDictionary<string, string> environment, Action<ProbeAnswer> done)
    {
        var attempt = new Attempt(done);
        if (!_running.TryAdd(check.Name, true))
        {
            attempt.Answer(new ProbeAnswer(false, "the command of the try before cannot be ended"));
            return attempt;
        }
        var run = OneRun.Start(launcher, check.Command, environment, mostLines: 1, (exitCode, lines) =>
        {
            _running.TryRemove(check.Name, out _);
            attempt.Answer(new ProbeAnswer(exitCode == 0, Describe(exitCode, lines)));
        });
        return new GivenUp(attempt, run);
    }

    private static string Describe(int exitCode, IReadOnlyList<string> lines)
    {
        var how = exitCode > 128 ? $"ended by signal {exitCode - 128}" : $"exit code {exitCode}";
        return lines.Count == 0 ? how : $"{how}: {lines[^1]}";
    }

    private sealed class GivenUp(Attempt attempt, OneRun run) : IDisposable
    {
        public void Dispose()
        {
            attempt.Dispose();
            run.Kill();
        }
    }
}
