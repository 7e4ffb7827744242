using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>Network interfaces as libc knows them, in the calling thread's network namespace.</summary>
internal static partial class LibcInterfaces
{
    /// <summary>The interface's index; 0 where there is none of that name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint IndexOf(string name);
}
