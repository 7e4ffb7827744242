using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>
/// Files that a program keeps open for writing all the time, as OpenVPN does with its pool of addresses: waiting for its end would be for
/// ever. Such a file is complete when it has been at rest for a moment. Nobody says when it is written again, so it is looked at often.
/// </summary>
public sealed partial class FileTree
{
    /// <summary>Whoever only writes a file has closed it by then.</summary>
    private static readonly TimeSpan LongestWriting = TimeSpan.FromSeconds(3);

    /// <summary>By path: which file, and since when it has been found open (<see cref="Environment.TickCount64"/>). A large file may be read beside a look.</summary>
    private readonly ConcurrentDictionary<string, (ulong Inode, long Since)> _open = new(StringComparer.Ordinal);

    private bool MayRead(SafeFileHandle file, string relative, NodeStat stat)
    {
        if (!TreeCalls.IsBeingWritten(file))
        {
            _open.TryRemove(relative, out _);
            return true;
        }
        var open = _open.AddOrUpdate(relative, _ => (stat.Inode, Environment.TickCount64), (_, known) => known.Inode == stat.Inode ? known : (stat.Inode, Environment.TickCount64));
        return Environment.TickCount64 - open.Since >= LongestWriting.TotalMilliseconds && !IsFresh(stat);
    }
}
