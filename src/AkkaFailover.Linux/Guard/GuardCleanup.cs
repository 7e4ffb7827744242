using AkkaFailover.Core;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Guard;

/// <summary>
/// What a starting daemon does before anything else: it ends the guard of an earlier run, and removes the group's addresses
/// from this host. The daemon must own its state directory already, or it would end the guard of a running daemon.
/// </summary>
public static class GuardCleanup
{
    private const int EndTimeoutMilliseconds = 2000;

    /// <summary>Ends an old guard, and removes the addresses that were left behind.</summary>
    /// <exception cref="IOException">The lock belongs to something that is no guard, the guard does not end, or an address stays.</exception>
    public static CleanupResult Run(GuardOptions options)
    {
        var guard = EndOldGuard(options.LockFile);
        return new CleanupResult(guard, LeftBehind.Remove(options.Addresses));
    }

    private static int EndOldGuard(string lockFile)
    {
        var process = LockFile.HolderOf(lockFile);
        if (process == 0) return 0;
        if (!GuardProgram.IsRunBy(process))
            throw new IOException($"{lockFile} is locked by process {process}, which is not {GuardProgram.Name}: end that process, or name another failover.state-dir");

        using var end = Processes.Watch(process);
        Processes.Signal(process, Processes.SignalKill);
        if (end is null) return process;
        Span<PollEntry> entries = [new PollEntry((int)end.DangerousGetHandle())];
        Descriptors.Poll(entries, EndTimeoutMilliseconds);
        return entries[0].Ready
            ? process
            : throw new IOException($"the old guard, process {process}, did not end within {EndTimeoutMilliseconds} ms of SIGKILL: look for its cause with ps -o stat,wchan {process}");
    }
}

/// <summary>What an earlier run had left.</summary>
/// <param name="EndedGuard">The old guard's process id; 0 where none ran.</param>
/// <param name="RemovedAddresses">Addresses that were still there.</param>
public sealed record CleanupResult(int EndedGuard, IReadOnlyList<VirtualAddress> RemovedAddresses);
