using System.Runtime.InteropServices;
using System.Text;
using AkkaFailover.Core.Paths;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>What statx says of one thing; the same fields mean the same content.</summary>
internal readonly record struct NodeStat(ushort FullMode, uint Owner, uint Group, ulong Inode, ulong Device, long Size, (long Seconds, uint Nanoseconds) Modified, (long Seconds, uint Nanoseconds) Changed)
{
    private const int TypeBits = 0xF000;

    public ushort Mode => (ushort)(FullMode & 0xFFF);

    /// <summary>Null for what is never replicated.</summary>
    public PathKind? Kind => (FullMode & TypeBits) switch { 0x8000 => PathKind.File, 0x4000 => PathKind.Folder, 0xA000 => PathKind.Link, _ => null };

    public string Word => (FullMode & TypeBits) switch { 0xC000 => "a socket", 0x1000 => "a fifo", 0x2000 or 0x6000 => "a device", _ => "of an unknown kind" };
}

/// <summary>System calls that name a thing by its open folder and its own name, so that nobody can slip a link in between.</summary>
internal static unsafe partial class TreeCalls
{
    public const int Exists = 17;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int NotThere = 2;
    public const int TooManyLinks = 40;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NoFollowAt = 0x100;
    private const int RemoveFolderAt = 0x200;
    private const int EmptyPathAt = 0x1000;
    private const uint ExchangeFlag = 2;
    private const int SetLease = 1024;
    private const int SetSignal = 10;
    private const int ReadLease = 0;
    private const int WriteLease = 1;
    private const int NoLease = 2;
    private const int IgnoredSignal = 23; // SIGURG does nothing where nobody handles it; a lease's own SIGIO ends the process.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int Directory = Arm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = Arm ? 0x8000 : 0x20000;

    /// <summary>Opens a folder by its plain path, as the administrator wrote it.</summary>
    public static SafeFileHandle? OpenPath(string path) => Opened(Open(path, Directory | CloseOnExec));

    public static SafeFileHandle? OpenFolder(SafeFileHandle folder, byte[] name) => Opened(OpenAt(folder, name, Directory | NoFollow | CloseOnExec, 0));

    /// <summary>Opens a file for reading; never waits, as a fifo would make it.</summary>
    public static SafeFileHandle? OpenFile(SafeFileHandle folder, byte[] name) => Opened(OpenAt(folder, name, NoFollow | NonBlocking | CloseOnExec, 0));

    public static SafeFileHandle? CreateFile(SafeFileHandle folder, byte[] name) =>
        Opened(OpenAt(folder, name, 0x1 /* write */ | 0x40 /* create */ | 0x80 /* exclusive */ | NoFollow | CloseOnExec, 0x180 /* 0600 */));

    public static SafeFileHandle? OpenForWriting(SafeFileHandle folder, byte[] name) => Opened(OpenAt(folder, name, 0x1 /* write */ | NoFollow | NonBlocking | CloseOnExec, 0));

    /// <summary>Whether somebody has the file open for writing; false too where the file system cannot tell.</summary>
    public static bool IsBeingWritten(SafeFileHandle file)
    {
        _ = Control(file, SetSignal, IgnoredSignal);
        if (Control(file, SetLease, ReadLease) != 0) return Errno.Last == Errno.Again;
        _ = Control(file, SetLease, NoLease);
        return false;
    }

    /// <summary>Whether nobody else has the file open, not even for reading; false too where the file system cannot tell.</summary>
    public static bool IsOursAlone(SafeFileHandle file)
    {
        _ = Control(file, SetSignal, IgnoredSignal);
        return Control(file, SetLease, WriteLease) == 0 && Control(file, SetLease, NoLease) == 0;
    }

    public static NodeStat? Stat(SafeFileHandle folder, byte[] name) => StatX(folder, name, NoFollowAt);

    public static NodeStat? Stat(SafeFileHandle opened) => StatX(opened, [0], EmptyPathAt);

    public static byte[]? ReadLink(SafeFileHandle folder, byte[] name)
    {
        var buffer = new byte[4096];
        var length = (int)ReadLinkAt(folder, name, buffer, (nuint)buffer.Length);
        return length < 0 ? null : buffer[..length];
    }

    public static bool MakeFolder(SafeFileHandle folder, byte[] name) => MakeDirAt(folder, name, 0x1C0 /* 0700 */) == 0;

    public static bool MakeLink(byte[] target, SafeFileHandle folder, byte[] name) => SymLinkAt(target, folder, name) == 0;

    public static bool Rename(SafeFileHandle folder, byte[] from, byte[] to) => RenameAt(folder, from, folder, to) == 0;

    /// <summary>Two things of a folder change places; not every file system can do it.</summary>
    public static bool Exchange(SafeFileHandle folder, byte[] one, byte[] other) => RenameAt2(folder, one, folder, other, ExchangeFlag) == 0;

    public static bool Remove(SafeFileHandle folder, byte[] name, bool isFolder) => UnlinkAt(folder, name, isFolder ? RemoveFolderAt : 0) == 0;

    /// <summary>Owner first: a change of the owner takes set-id bits away.</summary>
    public static bool SetAttributes(SafeFileHandle opened, PathRecord record) =>
        ChangeOwner(opened, record.Owner, record.Group) == 0 && ChangeMode(opened, record.Mode) == 0;

    public static bool SetLinkOwner(SafeFileHandle folder, byte[] name, PathRecord record) =>
        ChangeOwnerAt(folder, name, record.Owner, record.Group, NoFollowAt) == 0;

    public static bool Sync(SafeFileHandle opened) => FSync(opened) == 0;

    public static bool SyncFileSystem(SafeFileHandle opened) => SyncFs(opened) == 0;

    /// <summary>Raw names of a folder; null where it cannot be read.</summary>
    public static List<byte[]>? Names(SafeFileHandle folder)
    {
        var names = new List<byte[]>();
        var buffer = new byte[32 * 1024];
        while (true)
        {
            int length;
            fixed (byte* first = buffer) length = (int)GetDents(folder, first, (nuint)buffer.Length);
            if (length <= 0) return length == 0 ? names : null;
            for (var at = 0; at < length; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                var name = buffer.AsSpan(at + 19);
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add([.. name, 0]);
            }
        }
    }

    /// <summary>A name as the kernel takes it.</summary>
    public static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private static SafeFileHandle? Opened(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    private static NodeStat? StatX(SafeFileHandle folder, byte[] name, int flags)
    {
        var s = stackalloc byte[256];
        if (StatX(folder, name, flags, 0x7FF, s) != 0) return null;
        var u4 = (uint*)s;
        var u8 = (ulong*)s;
        return new NodeStat(
            *(ushort*)(s + 28), u4[5], u4[6], u8[4], ((ulong)u4[34] << 32) | u4[35], (long)u8[5],
            (*(long*)(s + 112), *(uint*)(s + 120)), (*(long*)(s + 96), *(uint*)(s + 104)));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(SafeHandle folder, byte[] name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeHandle folder, byte[] name, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeHandle folder, byte[] name, [Out] byte[] buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MakeDirAt(SafeHandle folder, byte[] name, int mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    private static partial int SymLinkAt(byte[] target, SafeHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameAt(SafeHandle fromFolder, byte[] from, SafeHandle toFolder, byte[] to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt2(SafeHandle fromFolder, byte[] from, SafeHandle toFolder, byte[] to, uint flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeHandle opened, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    private static partial int ChangeOwnerAt(SafeHandle folder, byte[] name, uint owner, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeHandle opened, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeHandle opened);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeHandle opened);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetDents(SafeHandle folder, byte* buffer, nuint size);
}
