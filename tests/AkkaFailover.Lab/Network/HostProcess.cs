using System.Diagnostics;
using AkkaFailover.Lab.Native;

namespace AkkaFailover.Lab.Network;

/// <summary>
/// A process started in a host, in a session of its own (a Ctrl-C at the terminal does not reach it) and with its output in
/// a file (it outlives the lab's tool).
/// </summary>
public sealed class HostProcess
{
    private readonly Process _process;
    private readonly string _log;

    private HostProcess(Process process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>What it has written so far, both streams.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>Sends it a signal.</summary>
    public void Send(Signal signal) => Posix.Kill(Pid, signal);

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="LabException">It did not end in time.</exception>
    public async Task<int> Exit(TimeSpan within)
    {
        await LabClock.Expect(() => _process.HasExited, within, $"process {Pid} ended\n{Log}");
        return _process.ExitCode;
    }

    // The shell and setsid replace themselves, so the process id is the command's own.
    internal static HostProcess Start(string ns, string log, string[] command)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", ns, "setsid", "sh", "-c",
            "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", log, .. command]);
        return new HostProcess(Process.Start(start) ?? throw new LabException($"cannot start {command[0]}"), log);
    }
}
