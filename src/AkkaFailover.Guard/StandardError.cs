using System.Text;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>The daemon's standard error, which the guard inherits. System.Console would cost half a megabyte and signal handlers.</summary>
internal static class StandardError
{
    /// <summary>Writes one line.</summary>
    public static void Write(string text)
    {
        using var descriptor = new SafeFileHandle(2, ownsHandle: false);
        _ = Descriptors.Write(descriptor, Encoding.UTF8.GetBytes($"akka-failover-guard: {text}\n"));
    }
}
