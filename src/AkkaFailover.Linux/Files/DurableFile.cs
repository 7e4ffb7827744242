using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Files;

/// <summary>Replaces a file so that after a power cut either the old or the new content is there.</summary>
public static partial class DurableFile
{
    private const int OpenDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC, read-only

    /// <summary>Writes beside the file, syncs, renames over it and syncs the folder. Mode 0600.</summary>
    /// <exception cref="IOException">The content is not stored; the old file is untouched.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>What was renamed, made or removed in a folder is on disk.</summary>
    /// <exception cref="IOException">It may not be.</exception>
    public static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, OpenDirectory);
        if (descriptor < 0) throw new IOException($"{folder}: cannot be opened for fsync (errno {Marshal.GetLastPInvokeError()})");
        var failed = Sync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed) throw new IOException($"{folder}: fsync failed (errno {error})");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
