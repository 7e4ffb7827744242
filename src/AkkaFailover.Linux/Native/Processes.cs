using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>Calls on processes and process groups.</summary>
internal static partial class Processes
{
    public const int SignalHangUp = 1;
    public const int SignalInterrupt = 2;
    public const int SignalKill = 9;
    public const int SignalPipe = 13;
    public const int SignalTerminate = 15;

    private const int Ordinary = 0;
    private const int RoundRobin = 2;
    private const int ChildrenStartAnew = 0x40000000;
    private const int OfThread = 0;
    private const int LockCurrentFutureOnFault = 1 | 2 | 4;
    private const nint Ignored = 1;

    // The same number on every machine: the calls since 2019 share one table.
    private const long PidFdOpenCall = 434;

    /// <summary>Sends a signal to a process.</summary>
    public static bool Signal(int process, int signal) => Kill(process, signal) == 0;

    /// <summary>Sends a signal to every process of a group.</summary>
    public static bool SignalGroup(int group, int signal) => Kill(-group, signal) == 0;

    /// <summary>A descriptor that becomes readable when the process ends, whoever its parent is; null where it has ended already.</summary>
    public static SafeFileHandle? Watch(int process)
    {
        var descriptor = (int)SystemCall(PidFdOpenCall, process, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Ignores a signal from now on.</summary>
    public static void Ignore(int signal) => _ = SetHandler(signal, Ignored);

    /// <summary>Gives the calling thread real-time priority.</summary>
    /// <returns>False where CAP_SYS_NICE is missing.</returns>
    public static bool TryRealTime(int priority) => SetScheduler(0, RoundRobin, in priority) == 0;

    /// <summary>Gives all threads of this process a nice value; those that they start have it too.</summary>
    /// <returns>False where CAP_SYS_NICE is missing.</returns>
    public static bool TryNice(int nice)
    {
        var threads = Directory.EnumerateDirectories("/proc/self/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        // One that has ended meanwhile is no failure, and this thread has not.
        return threads.Count(thread => SetPriority(OfThread, thread, nice) == 0) > 0;
    }

    /// <summary>
    /// What the calling thread starts from now on has nice value 0 where its own is below; or has its own again. A thread that the
    /// administrator has given another policy is left alone.
    /// </summary>
    public static void StartOrdinary(bool ordinary)
    {
        if ((GetScheduler(0) & ~ChildrenStartAnew) == Ordinary) _ = SetScheduler(0, Ordinary | (ordinary ? ChildrenStartAnew : 0), 0);
    }

    /// <summary>Keeps every page that was touched once in memory, without touching more.</summary>
    /// <returns>False where CAP_IPC_LOCK is missing.</returns>
    public static bool TryLockMemory() => LockAll(LockCurrentFutureOnFault) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetHandler(int signal, nint handler);

    // struct sched_param holds one int, the priority.
    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int process, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "sched_getscheduler", SetLastError = true)]
    private static partial int GetScheduler(int process);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int nice);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);
}
