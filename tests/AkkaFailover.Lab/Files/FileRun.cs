using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Files;

/// <summary>How long changes of small files took to their places on the other node.</summary>
/// <param name="Replicator">Who brought them there.</param>
/// <param name="P50Ms">Median, in milliseconds, from the close of the file to the same content in its place.</param>
/// <param name="WorstMs">The longest.</param>
/// <param name="Changes">How many were made, one at a time.</param>
internal sealed record FileLatency(string Replicator, double P50Ms, double WorstMs, int Changes);

/// <summary>How long a tree took that appeared at once.</summary>
/// <param name="Way">How it was brought to the other node.</param>
/// <param name="Seconds">Until all of it was there.</param>
internal sealed record TreeCopy(string Way, double Seconds);

/// <summary>Measures what files cost.</summary>
internal static class FileRun
{
    /// <summary>Bytes of a file.</summary>
    public const int FileLength = 4096;

    private const int Folders = 100, FilesPerFolder = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // Not in step with anybody's timers.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(150), LongestPause = TimeSpan.FromMilliseconds(350);

    /// <summary>Changes some files in turn, each when the last one has arrived.</summary>
    /// <exception cref="LabException">A change did not arrive.</exception>
    public static async Task<FileLatency> Latency(FileReplicator replicator, int changes)
    {
        var random = new Random(1);
        var times = new List<double>();
        for (var change = 0; change < changes; change++)
        {
            await Task.Delay(ShortestPause + ((LongestPause - ShortestPause) * random.NextDouble()));
            var content = new byte[FileLength];
            random.NextBytes(content);
            var name = $"file-{change % 8}";
            await File.WriteAllBytesAsync(Path.Combine(replicator.Source, name), content);
            var closed = LabClock.Now;
            var target = Path.Combine(replicator.Target, name);
            await LabClock.ExpectPromptly(() => Has(target, content), Longest, $"{replicator.Name} has brought {target}");
            times.Add((LabClock.Now - closed).TotalMilliseconds);
        }
        return new FileLatency(replicator.Name, Statistics.Median(times), times.Max(), changes);
    }

    /// <summary>Moves a tree of 10,000 files to where it is watched.</summary>
    public static async Task<TreeCopy> Tree(FileReplicator replicator)
    {
        var (made, here, there) = (Path.Combine(Path.GetDirectoryName(replicator.Source)!, "tree"), Path.Combine(replicator.Source, "tree"), Path.Combine(replicator.Target, "tree"));
        MakeTree(made);
        var began = LabClock.Now;
        Directory.Move(made, here);
        await LabClock.Expect(() => IsComplete(there), Longest, "the whole tree is there");
        var took = LabClock.Now - began;
        ExpectEqual(here, there);
        return new TreeCopy(replicator.Name, took.TotalSeconds);
    }

    /// <summary>Copies such a tree with one call of rsync.</summary>
    public static TreeCopy TreeByRsync(RsyncFiles rsync, LabHost from, bool fsync)
    {
        var tree = Path.Combine(from.Directory, "tree");
        if (!Directory.Exists(tree)) MakeTree(tree);
        string[] command = ["rsync", "-a", .. fsync ? new[] { "--fsync" } : [], tree, rsync.Destination];
        var there = Path.Combine(rsync.Target, "tree");
        if (Directory.Exists(there)) Directory.Delete(there, recursive: true);
        var began = LabClock.Now;
        from.Run(command);
        var took = LabClock.Now - began;
        ExpectEqual(tree, there);
        return new TreeCopy(string.Join(' ', command[..^2]), took.TotalSeconds);
    }

    private static bool Has(string file, byte[] content)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().SequenceEqual(content);
        }
        catch (IOException)
        {
            return false; // not there yet
        }
    }

    private static void MakeTree(string tree)
    {
        var random = new Random(2);
        var content = new byte[FileLength];
        for (var folder = 0; folder < Folders; folder++)
        {
            var at = Directory.CreateDirectory(Path.Combine(tree, $"folder-{folder:d3}")).FullName;
            for (var file = 0; file < FilesPerFolder; file++)
            {
                random.NextBytes(content);
                File.WriteAllBytes(Path.Combine(at, $"file-{file:d3}"), content);
            }
        }
    }

    private static bool IsComplete(string tree) =>
        Directory.Exists(tree) && Directory.EnumerateFiles(tree, "file-*", SearchOption.AllDirectories).Count() == Folders * FilesPerFolder;

    private static void ExpectEqual(string one, string other)
    {
        var different = Directory.EnumerateFiles(one, "*", SearchOption.AllDirectories)
            .FirstOrDefault(file => !Has(Path.Combine(other, Path.GetRelativePath(one, file)), File.ReadAllBytes(file)));
        if (different is not null) throw new LabException($"{different} is not the same on the other node");
    }
}
