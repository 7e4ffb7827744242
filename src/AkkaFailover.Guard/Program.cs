using AkkaFailover.Guard;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;

const int Usage = 64;
const int CannotRun = 1;

// The guard outlives every polite request to stop: it goes when the daemon has gone.
Processes.Ignore(Processes.SignalTerminate);
Processes.Ignore(Processes.SignalInterrupt);
Processes.Ignore(Processes.SignalHangUp);
Processes.Ignore(Processes.SignalPipe);

if (GuardOptions.Parse(args, out var error) is not { } options)
{
    StandardError.Write(error!);
    return Usage;
}

using var daemon = new DaemonPipe();
try
{
    using var guardLock = LockFile.TryTake(options.LockFile)
        ?? throw new IOException($"{options.LockFile} is locked by process {LockFile.HolderOf(options.LockFile)}: another guard of this group runs");
    using var loop = new GuardLoop(options, daemon);

    // Where not permitted the guard works all the same; the kernel's lifetime of the addresses stands behind it.
    _ = Processes.TryLockMemory();
    _ = Processes.TryRealTime(priority: 20);
    loop.Run();
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    daemon.Write(GuardRecordKind.Failed, text: e.Message);
    return CannotRun;
}
