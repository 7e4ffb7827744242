using System.Runtime.InteropServices;
using SharpPcap.LibPcap;

namespace AkkaFailover.Linux.Native;

/// <summary>The one function of libpcap that SharpPcap does not offer.</summary>
internal static unsafe class PcapDirection
{
    private const int In = 1;

    // Debian's name of the library, then everybody else's.
    private static readonly nint Library = NativeLibrary.TryLoad("libpcap.so.0.8", out var library) ? library : NativeLibrary.Load("libpcap.so.1");
    private static readonly delegate* unmanaged<nint, int, int> SetDirection = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(Library, "pcap_setdirection");

    /// <summary>
    /// Leaves out frames that this host sends. (The filter word "inbound" would do so too, but loses the first frame after the
    /// filter was set: libpcap evaluates the filter itself for that one, and does not know the direction there.)
    /// </summary>
    public static bool TryReceiveOnly(PcapHandle handle) => SetDirection(handle.DangerousGetHandle(), In) == 0;
}
