using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AkkaFailover.Lab.Native;

/// <summary>Signals that the lab sends.</summary>
public enum Signal
{
    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGUSR2.</summary>
    User2 = 12,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,
}

/// <summary>The system calls that the BCL does not offer.</summary>
internal static unsafe partial class Posix
{
    public const int CloneNewNet = 0x4000_0000;
    public const int ReadOnlyCloseOnExec = 0x8_0000;
    public const int FamilyPacket = 17, FamilyNetlink = 16, FamilyInet = 2;
    public const int SocketRaw = 3 | 0x8_0000;
    public const int SolSocket = 1, ReceiveBufferForce = 33, AttachFilter = 26;
    public const int SolPacket = 263, IgnoreOutgoing = 23;
    public const int DontWait = 0x40;
    public const short PollIn = 1;
    public const int ErrorNoBuffers = 105;
    private const int ErrorInterrupted = 4, ErrorNoSuchProcess = 3;
    private const int ClockMonotonic = 1, AbsoluteTime = 1, RoundRobin = 2;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Start;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
        public uint Sent;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FilterProgram
    {
        public ushort Length;
        public ulong* Steps;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int option, int* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendto(int fd, byte* bytes, nint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sendmmsg(int fd, MessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "setsockopt")]
    public static partial int SetFilter(int fd, int level, int option, FilterProgram* program, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollFd* fds, ulong count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int pid, int policy, int* priority);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, TimeSpec* request, TimeSpec* remaining);

    /// <summary>Sends a signal; a process that has ended already is no error.</summary>
    public static void Kill(int pid, Signal signal)
    {
        if (kill(pid, (int)signal) < 0 && Marshal.GetLastPInvokeError() != ErrorNoSuchProcess) throw LastError($"kill {pid}");
    }

    /// <summary>Index of an interface of the calling thread's network namespace.</summary>
    public static int InterfaceIndex(string name) =>
        if_nametoindex(name) is > 0 and var index ? (int)index : throw LastError($"interface {name}");

    /// <summary>Gives the calling thread a real-time priority; without the permission it stays an ordinary thread.</summary>
    public static void BecomeRealTime(int priority) => sched_setscheduler(0, RoundRobin, &priority);

    /// <summary>Sleeps until a moment of CLOCK_MONOTONIC.</summary>
    public static void SleepUntil(Moment moment)
    {
        var request = new TimeSpec { Seconds = moment.Nanoseconds / 1_000_000_000, Nanoseconds = moment.Nanoseconds % 1_000_000_000 };
        while (clock_nanosleep(ClockMonotonic, AbsoluteTime, &request, null) == ErrorInterrupted)
        {
        }
    }

    /// <summary>The last system call's error as an exception.</summary>
    public static LabException LastError(string what) => new($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    /// <summary>Passes a result on, or throws the error it stands for.</summary>
    public static int Check(int result, string what) => result >= 0 ? result : throw LastError(what);
}
