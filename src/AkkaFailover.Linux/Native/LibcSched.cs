using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>Scheduling policies of libc.</summary>
internal static partial class LibcSched
{
    private const int RoundRobin = 2;

    /// <summary>Asks for SCHED_RR for the calling thread alone.</summary>
    /// <param name="priority">1–99.</param>
    /// <returns>False where the process may not (no CAP_SYS_NICE and no RLIMIT_RTPRIO, or a control group without real-time bandwidth).</returns>
    public static bool TrySetRoundRobin(int priority) => SetScheduler(0, RoundRobin, in priority) == 0;

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);
}
