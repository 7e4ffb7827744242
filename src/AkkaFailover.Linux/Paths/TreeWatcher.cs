using System.Runtime.InteropServices;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>
/// Hears from the kernel that something in watched folders has changed. It says no more than that: who looks at the tree adds each folder before
/// listing it, so nothing can happen unseen between the two, and lost events need nothing more than the next look.
/// </summary>
internal sealed partial class TreeWatcher : IDisposable
{
    // Closed after writing, attributes, moved from and to, created, deleted, and the folder itself deleted or moved. Not each write: a file's turn comes when it is complete.
    private const uint Wanted = 0x8 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;
    private const uint Modified = 0x2;
    private const uint OnlyFolders = 0x01000000;
    private const int CloseOnExecNonBlocking = 0x80800;
    private const int EventHeader = 16;

    private readonly SafeFileHandle _queue = Descriptors.Own(Init(CloseOnExecNonBlocking), "inotify_init1");
    private readonly SafeFileHandle _wakeUp = Descriptors.CreateWakeUp();
    private readonly Action _changed;
    private readonly byte[][] _names;
    private readonly uint _wanted;
    private readonly Thread _thread;
    private volatile int _parent = -1;
    private volatile bool _closing;

    /// <param name="names">Of what happens in the folder that holds the root, only these names are of interest.</param>
    /// <param name="eachWrite">Hear of each write too, not only when it is complete.</param>
    public TreeWatcher(IEnumerable<byte[]> names, bool eachWrite, Action changed)
    {
        (_names, _wanted, _changed) = ([.. names.Select(name => name[..^1])], eachWrite ? Wanted | Modified : Wanted, changed);
        _thread = new Thread(Watch) { Name = "paths", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Watches an open folder; once more is no harm.</summary>
    /// <returns>False where the kernel's limit is reached: only the periodic look sees what changes there.</returns>
    public bool Add(SafeFileHandle folder, bool holdsRoot = false)
    {
        // By its descriptor: a path could lead elsewhere by now.
        var watch = AddWatch(_queue, $"/proc/self/fd/{folder.DangerousGetHandle()}", _wanted | OnlyFolders);
        if (holdsRoot) _parent = watch;
        return watch >= 0;
    }

    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        Descriptors.Wake(_wakeUp);
        _thread.Join();
        _queue.Dispose();
        _wakeUp.Dispose();
    }

    private void Watch()
    {
        var buffer = new byte[64 * 1024];
        Span<PollEntry> entries = [new PollEntry((int)_queue.DangerousGetHandle()), new PollEntry((int)_wakeUp.DangerousGetHandle())];
        while (!_closing)
        {
            Descriptors.Poll(entries, timeoutMilliseconds: -1);
            var length = _closing ? 0 : Descriptors.Read(_queue, buffer);
            if (length > 0 && IsOfInterest(buffer.AsSpan(0, length))) _changed();
        }
    }

    private bool IsNamed(ReadOnlySpan<byte> name)
    {
        foreach (var one in _names)
            if (name.SequenceEqual(one)) return true;
        return false;
    }

    private bool IsOfInterest(ReadOnlySpan<byte> events)
    {
        while (events.Length >= EventHeader)
        {
            var (watch, length) = (MemoryMarshal.Read<int>(events), (int)MemoryMarshal.Read<uint>(events[12..]));
            // An overflow has no watch: it is of interest too.
            if (watch != _parent || IsNamed(events.Slice(EventHeader, length).TrimEnd((byte)0))) return true;
            events = events[(EventHeader + length)..];
        }
        return false;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(SafeHandle queue, string path, uint mask);
}
