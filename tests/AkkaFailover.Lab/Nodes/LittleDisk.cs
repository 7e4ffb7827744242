using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>A file system of a folder's own (tmpfs) that can be full at once, and outlives the processes that use it; dispose it.</summary>
public sealed class LittleDisk : IDisposable
{
    private const string Size = "4g";
    private const int MostAttempts = 100;
    private readonly string _folder;

    /// <summary>Mounts it, empty, over what is in the folder.</summary>
    public LittleDisk(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        Tool.Run("mount", ["-t", "tmpfs", "-o", $"size={Size},mode=0700", "none", folder]);
    }

    /// <summary>Not one byte more fits.</summary>
    public void Fill()
    {
        var drive = new DriveInfo(_folder);
        // Refused where something was written since the look at what is used.
        for (var attempt = 1; Tool.Try("mount", ["-o", $"remount,size={drive.TotalSize - drive.TotalFreeSpace}", _folder]) is { ExitCode: not 0 } refused; attempt++)
            if (attempt == MostAttempts) throw new LabException($"{_folder} cannot be made full: {refused.Error}");
    }

    /// <summary>There is room again.</summary>
    public void Empty() => Tool.Run("mount", ["-o", $"remount,size={Size}", _folder]);

    /// <inheritdoc/>
    public void Dispose() => Tool.Run("umount", ["--lazy", _folder]);
}
