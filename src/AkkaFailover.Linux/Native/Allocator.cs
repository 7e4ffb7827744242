using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>The C library's allocator: libpcap, OpenSSL and the runtime itself allocate from it.</summary>
public static partial class Allocator
{
    /// <summary>Gives what is free back to the host (malloc_trim); a daemon's start needs far more than its life.</summary>
    public static void ReturnFree() => _ = Trim(0);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
