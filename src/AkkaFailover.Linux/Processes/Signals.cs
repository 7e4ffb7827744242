using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Processes;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Signals a process group; false where there is none.</summary>
    public static bool Send(int signal, int processGroup) => SendSignal(-processGroup, signal) == 0;

    /// <summary>Signals one process; false where there is none.</summary>
    public static bool SendToProcess(int signal, int process) => SendSignal(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
