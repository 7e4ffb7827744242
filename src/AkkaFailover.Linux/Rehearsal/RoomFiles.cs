using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Paths;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>
/// The file systems of a rehearsal: all of the host's, but what is written goes to memory, and the watched paths are those of the scratch folder. A
/// Unix socket of the host is seen and refuses every connection, because the kernel finds a socket by its inode and an overlay has inodes of its own.
/// </summary>
internal sealed class RoomFiles(string scratch)
{
    /// <summary>Most that is written beside the watched paths.</summary>
    private const string Room = "256m";

    /// <summary>A watched file up to this size is copied, so that it can be replaced by renaming; a larger one, as databases are, cannot.</summary>
    private const long LargestCopy = 16L << 20;

    /// <summary>Where the copies of the watched paths are until they are in their places.</summary>
    private const string Copies = "/.akka-failover-rehearsal";

    /// <summary>Programs do not expect copies of these; the rehearsal makes its own.</summary>
    private static readonly string[] Special = ["/proc", "/sys", "/dev"];

    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    private readonly string _written = Path.Combine(scratch, "written");
    private readonly string _root = Path.Combine(scratch, "written", "root");
    private int _layers;
    private SafeFileHandle? _kept;

    /// <summary>Where is what was written, once entered.</summary>
    public IEnumerable<string> Written => Enumerable.Range(0, _layers).Select(layer => $"/proc/self/fd/{_kept!.DangerousGetHandle()}/{layer}/upper");

    /// <summary>Makes them and becomes their root.</summary>
    /// <returns>What of the host cannot be written in the rehearsal, besides what nobody can write.</returns>
    /// <exception cref="IOException">It could not be done.</exception>
    public IReadOnlyList<string> Enter(IReadOnlyList<RoomPlace> places, IReadOnlyList<string> sockets)
    {
        var mounts = MountTable.Read(File.ReadLines("/proc/self/mountinfo"));
        Directory.CreateDirectory(_written);
        Mounts.Mount("tmpfs", _written, Mounts.NoSetId, $"size={Room},mode=0700");
        Directory.CreateDirectory(_root);
        if (!TryCover("/", _root, 0)) throw new IOException($"the kernel has no overlay file system, or cannot lay one over /: {Errno.Describe(Errno.Last)}");
        var protectedPlaces = mounts.Where(mount => mount.Where != "/" && !Special.Any(special => IsIn(special, mount.Where))).Select(Take).OfType<string>().Distinct().ToList();
        MakeSpecial(mounts.Where(mount => IsIn("/dev", mount.Where)));
        foreach (var socket in sockets.Where(File.Exists)) Mounts.Bind(socket, _root + socket);
        Directory.CreateDirectory(_root + Copies);
        Mounts.Bind(scratch, _root + Copies);
        _kept = TreeCalls.OpenPath(_written);
        Directory.SetCurrentDirectory(_root);
        Mounts.BecomeRoot();
        // Only now: a link on the way to a place must lead to where it leads the service.
        foreach (var place in places) Put(Path.Combine(Copies, place.Copy), place.Where);
        Mounts.Detach(Copies);
        Directory.Delete(Copies);
        return protectedPlaces;
    }

    /// <summary>Brings one mount of the host along.</summary>
    /// <returns>Where it is, if it could not be made writable.</returns>
    private string? Take(MountEntry mount)
    {
        var where = _root + mount.Where;
        if (mount.Type == "nsfs" || !Path.Exists(mount.Where) || !Path.Exists(where)) return null;
        if (!mount.IsReadOnly && Directory.Exists(mount.Where) && TryCover(mount.Where, where, mount.Flags)) return null;
        Mounts.Bind(mount.Where, where);
        Mounts.Protect(where, mount.Flags);
        return mount.IsReadOnly ? null : mount.Where;
    }

    /// <summary>Lays a copy that takes writes over a folder of the host.</summary>
    private bool TryCover(string what, string where, ulong flags)
    {
        var layer = Path.Combine(_written, $"{_layers++}");
        var (upper, work) = (Path.Combine(layer, "upper"), Path.Combine(layer, "work"));
        Directory.CreateDirectory(upper);
        Directory.CreateDirectory(work);
        CopyAttributes(what, upper);
        return Mounts.TryMount("overlay", where, flags, $"lowerdir={Escape(what)},upperdir={Escape(upper)},workdir={Escape(work)}");
    }

    /// <summary>The top of an overlay is as its written half is.</summary>
    private static void CopyAttributes(string from, string to)
    {
        using var source = TreeCalls.OpenPath(from);
        using var target = TreeCalls.OpenPath(to);
        if (source is null || target is null || TreeCalls.Stat(source) is not { } stat
            || !TreeCalls.SetAttributes(target, new Core.Paths.PathRecord(Core.Paths.PathKind.Folder, stat.Mode, stat.Owner, stat.Group, [])))
            throw new IOException($"{from}: its owner and mode cannot be taken over: {Errno.Describe(Errno.Last)}");
    }

    /// <summary>Own processes, own network parameters; parameters of the whole host can be read, and devices used.</summary>
    private void MakeSpecial(IEnumerable<MountEntry> devices)
    {
        Mounts.Bind("/proc", _root + "/proc");
        Mounts.Bind(_root + "/proc/sys", _root + "/proc/sys");
        Mounts.Protect(_root + "/proc/sys");
        Mounts.Bind("/proc/sys/net", _root + "/proc/sys/net");
        if (File.Exists("/proc/sysrq-trigger"))
        {
            Mounts.Bind("/proc/sysrq-trigger", _root + "/proc/sysrq-trigger");
            Mounts.Protect(_root + "/proc/sysrq-trigger");
        }
        Mounts.Mount("sysfs", _root + "/sys", Mounts.ReadOnly | Mounts.NoSetId | Mounts.NoDevices | Mounts.NoPrograms, "");
        Mounts.Bind("/dev", _root + "/dev", recursive: true);
        foreach (var mount in devices.Append(new MountEntry("/dev", "", 0)).Where(mount => Path.Exists(_root + mount.Where)).DistinctBy(mount => mount.Where)) Mounts.Protect(_root + mount.Where, mount.Flags);
        if (Directory.Exists("/dev/shm")) Mounts.Mount("tmpfs", _root + "/dev/shm", Mounts.NoSetId | Mounts.NoDevices, $"size={Room}");
    }

    /// <summary>Puts a watched path into its place; what was there is gone from the rehearsal, and there alone.</summary>
    private static void Put(string copy, string where)
    {
        where = where.TrimEnd('/');
        if (Path.GetDirectoryName(where) is { } parent) Directory.CreateDirectory(parent);
        var isFolder = Directory.Exists(copy);
        if (Directory.Exists(where) && !isFolder) Directory.Delete(where, recursive: true);
        if (File.Exists(where) && isFolder) File.Delete(where);
        if (isFolder)
        {
            Directory.CreateDirectory(where);
            Mounts.Bind(copy, where);
            return;
        }
        foreach (var suffix in Beside) File.Delete(where + suffix);
        if (new FileInfo(copy).Length <= LargestCopy)
        {
            File.Delete(where);
            CopyFile(copy, where);
            return;
        }
        if (!File.Exists(where)) File.Create(where).Dispose();
        Mounts.Bind(copy, where);
    }

    private static void CopyFile(string from, string to)
    {
        File.Copy(from, to);
        using var source = TreeCalls.OpenPath(Path.GetDirectoryName(from)!);
        using var target = TreeCalls.OpenPath(Path.GetDirectoryName(to)!);
        if (source is null || target is null || TreeCalls.Stat(source, TreeCalls.Name(Path.GetFileName(from))) is not { } stat) return;
        using var file = TreeCalls.OpenForWriting(target, TreeCalls.Name(Path.GetFileName(to)));
        if (file is null || !TreeCalls.SetAttributes(file, new Core.Paths.PathRecord(Core.Paths.PathKind.File, stat.Mode, stat.Owner, stat.Group, [])))
            throw new IOException($"{to}: owner and mode: {Errno.Describe(Errno.Last)}");
    }

    private static bool IsIn(string folder, string path) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>As the kernel reads a list of options and of layers.</summary>
    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
