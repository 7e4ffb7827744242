using System.ComponentModel;
using System.Diagnostics;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Programs;

/// <summary>
/// Starts programs through setsid(1), which makes the child a session of its own and then becomes the program: process id,
/// session and process group are the same number, and the exit code is the program's.
/// </summary>
public sealed class ProcessLauncher : IProcessLauncher
{
    /// <summary>As a shell says that a program could not be started.</summary>
    private const int NotStarted = 127;

    /// <summary>How long the last lines may take after the end; a left-over child that holds the pipe delays no longer.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(50);

    /// <summary>What systemd says to the daemon alone.</summary>
    private static readonly string[] NotForChildren =
        ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

    /// <inheritdoc/>
    public IChildProcess Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, Action<string> line, Action<int> ended)
    {
        var process = new Process { StartInfo = StartInfo(command, environment) };
        // The daemon's priority is for what it does itself.
        Processes.StartOrdinary(true);
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            line($"cannot start {command[0]}: {e.Message}");
            ended(NotStarted);
            return new NotRunning();
        }
        finally
        {
            Processes.StartOrdinary(false);
        }
        var child = new ChildProcess(process.Id);
        _ = Follow(process, child, line, ended);
        return child;
    }

    /// <inheritdoc/>
    public void KillLeftover(string identity)
    {
        if (ProcessIdentity.ProcessIdOf(identity) is { } pid && !Processes.SignalGroup(pid, Processes.SignalKill))
            Processes.Signal(pid, Processes.SignalKill);
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var info = new ProcessStartInfo("setsid", command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in NotForChildren) info.Environment.Remove(name);
        foreach (var (name, value) in environment) info.Environment[name] = value;
        return info;
    }

    private static async Task Follow(Process process, ChildProcess child, Action<string> line, Action<int> ended)
    {
        using (process)
        {
            process.StandardInput.Close();
            var output = Task.WhenAll(OutputLines.Read(process.StandardOutput, line), OutputLines.Read(process.StandardError, line));
            await process.WaitForExitAsync().ConfigureAwait(false);
            child.HasEnded();
            await Task.WhenAny(output, Task.Delay(DrainTime)).ConfigureAwait(false);
            ended(process.ExitCode);
            // Whoever was left in the background may still write; it is heard until it closes the pipe.
            await output.ConfigureAwait(false);
        }
    }

    private sealed class ChildProcess(int pid) : IChildProcess
    {
        private volatile bool _ended;

        public int ProcessGroup => pid;

        public string Identity { get; } = ProcessIdentity.Of(pid);

        public void HasEnded() => _ended = true;

        public void Terminate() => Send(Processes.SignalTerminate);

        public void Kill() => Send(Processes.SignalKill);

        private void Send(int signal)
        {
            // Before setsid(1) has made the group there is only the process; after its end there may only be the group.
            if (!Processes.SignalGroup(pid, signal) && !_ended) Processes.Signal(pid, signal);
        }
    }

    private sealed class NotRunning : IChildProcess
    {
        public int ProcessGroup => 0;

        public string Identity => "";

        public void Terminate()
        {
        }

        public void Kill()
        {
        }
    }
}
