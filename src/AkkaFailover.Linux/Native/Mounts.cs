using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>Calls on mounts; each throws with what was to be done and why it was not.</summary>
internal static partial class Mounts
{
    public const ulong ReadOnly = 1;
    public const ulong NoSetId = 2;
    public const ulong NoDevices = 4;
    public const ulong NoPrograms = 8;
    private const ulong Remount = 32;
    private const ulong BindFlag = 4096;
    private const ulong Recursive = 16384;
    private const int Detached = 2;

    /// <summary>Mounts a file system.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Mount(string type, string where, ulong flags, string options) =>
        Require(Mount(type, where, type, flags, options), $"mounting {type} on {where}");

    /// <summary>As <see cref="Mount(string, string, ulong, string)"/>.</summary>
    /// <returns>False where the kernel refused.</returns>
    public static bool TryMount(string type, string where, ulong flags, string options) => Mount(type, where, type, flags, options) == 0;

    /// <summary>Shows a file or folder in another place too.</summary>
    /// <param name="recursive">With all that is mounted below.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Bind(string what, string where, bool recursive = false) =>
        Require(Mount(what, where, null, BindFlag | (recursive ? Recursive : 0), null), $"binding {what} to {where}");

    /// <summary>Makes a bind read-only, not what is mounted below it; devices can be written all the same.</summary>
    /// <param name="flags">What else it is: a bind begins with the flags of what it shows, and loses those that are not said again.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Protect(string where, ulong flags = 0) => Require(Mount(null, where, null, Remount | BindFlag | ReadOnly | flags, null), $"making {where} read-only");

    /// <summary>Takes a mount off, also while it is in use.</summary>
    public static void Detach(string where) => _ = Unmount(where, Detached);

    /// <summary>Makes the working directory, which is a mount, the root of all processes of this namespace; the old root is gone.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void BecomeRoot()
    {
        var call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 41 : 155;
        // The old root comes to lie upon the new one in the same place, where it is taken off (pivot_root(2), "pivot_root(".", ".")").
        Require((int)SystemCall(call, ".", "."), "pivot_root");
        Require(Unmount(".", Detached), "taking the old root off");
        Directory.SetCurrentDirectory("/");
    }

    /// <summary>Ends this process without any clean-up.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    private static void Require(int result, string what)
    {
        if (result != 0) throw new IOException($"{what}: {Errno.Describe(Errno.Last)}");
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string? source, string target, string? type, ulong flags, string? options);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long SystemCall(long number, string first, string second);
}
