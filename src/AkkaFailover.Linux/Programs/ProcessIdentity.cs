using System.Globalization;

namespace AkkaFailover.Linux.Programs;

/// <summary>
/// <c>BOOT PID START</c>: a process id alone is soon somebody else's, but not with the boot and the moment it was started in
/// (field 22 of /proc/PID/stat, in clock ticks since the boot).
/// </summary>
internal static class ProcessIdentity
{
    private const int StartTimeAfterName = 19;

    /// <summary>The identity of a process; empty where there is none.</summary>
    public static string Of(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name, in parentheses, may hold spaces and parentheses itself.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {pid} {fields[StartTimeAfterName]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The process id of an identity that still is that process; else null.</summary>
    public static int? ProcessIdOf(string identity)
    {
        var parts = identity.Split(' ');
        return parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1 && Of(pid) == identity
            ? pid
            : null;
    }
}
