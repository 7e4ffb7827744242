namespace AkkaFailover.Lab.Tests;

/// <summary>A file system of a daemon's own; the mount is private to the process and goes with it.</summary>
public static class SmallDisk
{
    /// <summary>The command to start a daemon behind, so that a folder is a tmpfs with these mount options.</summary>
    public static string[] At(string folder, string options, bool full = false)
    {
        Directory.CreateDirectory(folder);
        var fill = full ? "dd if=/dev/zero of=\"$folder/filler\" bs=1k 2>/dev/null;" : "";
        return ["unshare", "--mount", "sh", "-c", $"folder=$1; shift; mount -t tmpfs -o {options} none \"$folder\"; {fill} exec \"$@\"", "sh", folder];
    }

    /// <summary>Fills such a folder of a running process to the last byte.</summary>
    public static void Fill(int pid, string folder)
    {
        using var filler = File.OpenHandle($"/proc/{pid}/root{folder}/filler", FileMode.Create, FileAccess.Write);
        var block = new byte[1024];
        try
        {
            for (var offset = 0L; ; offset += block.Length) RandomAccess.Write(filler, block, offset);
        }
        catch (IOException)
        {
            // No space left: that is the aim.
        }
    }
}
