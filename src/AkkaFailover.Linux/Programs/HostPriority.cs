using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Programs;

/// <summary>This process's place among those of the host.</summary>
public static class HostPriority
{
    /// <summary>Nine tenths of a processor beside a busy process of ordinary priority.</summary>
    private const int Nice = -10;

    /// <summary>
    /// Puts all threads of this process before ordinary processes. A collection stops the heartbeat's thread too, and runs on whichever
    /// thread caused it: on a busy host it must not wait for a processor. What <see cref="ProcessLauncher"/> starts is ordinary.
    /// </summary>
    /// <returns>False where CAP_SYS_NICE is missing.</returns>
    public static bool TryRaise() => Processes.TryNice(Nice);
}
