using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>
/// A record lock (fcntl) on a whole file. The kernel lets it go with the process, and names its holder: no process id
/// in a file can be older than the process.
/// </summary>
internal static partial class LockFile
{
    private const int SetLock = 6;
    private const int GetLock = 5;
    private const short WriteLock = 1;
    private const short Unlocked = 2;

    /// <summary>Takes the lock for the life of this process.</summary>
    /// <returns>The open file, to be kept; null where another process holds the lock.</returns>
    /// <exception cref="IOException">The file cannot be opened or made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened or made.</exception>
    public static SafeFileHandle? TryTake(string path)
    {
        var file = Open(path, FileMode.OpenOrCreate);
        var request = new Lock { Type = WriteLock };
        if (Control(file, SetLock, ref request) == 0) return file;
        file.Dispose();
        return null;
    }

    /// <summary>The process that holds the lock; 0 where none does or there is no such file.</summary>
    public static int HolderOf(string path)
    {
        if (!File.Exists(path)) return 0;
        using var file = Open(path, FileMode.Open);
        var request = new Lock { Type = WriteLock };
        return Control(file, GetLock, ref request) != 0 || request.Type == Unlocked ? 0 : request.Holder;
    }

    // FileShare.ReadWrite: .NET's own advisory lock (flock) is another lock and is not wanted here.
    private static SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle file, int command, ref Lock request);

    // struct flock of 64-bit Linux; start 0 and length 0 mean the whole file.
    [StructLayout(LayoutKind.Sequential)]
    private struct Lock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Holder;
    }
}
