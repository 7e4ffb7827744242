using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Programs;

/// <summary>
/// <c>cgroup.kill</c> of a control group (cgroup v2, Linux 5.14): one write that cannot block ends every process in it, also one that
/// forks. Opened in advance: when it is needed it needs nothing more, and it cannot hit a later group of the same name.
/// </summary>
public sealed class ControlGroupKill : IDisposable
{
    /// <summary>Where hosts have the second version: alone, or beside the first.</summary>
    private static readonly string[] Roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

    private readonly SafeFileHandle _file;

    private ControlGroupKill(SafeFileHandle file) => _file = file;

    /// <summary>Opens it.</summary>
    /// <param name="group">The control group as systemd names it, from the root of the hierarchy: <c>/system.slice/vpn.service</c>.</param>
    /// <returns>Null where this host has none.</returns>
    public static ControlGroupKill? Open(string group)
    {
        // The root itself would be every process of the host.
        if (!group.StartsWith('/') || group.Trim('/').Length == 0 || group.Split('/').Contains("..")) return null;
        foreach (var root in Roots)
        {
            try
            {
                return new ControlGroupKill(File.OpenHandle($"{root}{group}/cgroup.kill", FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
        return null;
    }

    /// <summary>Ends every process in it.</summary>
    public void Kill() => Descriptors.Write(_file, "1"u8);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
