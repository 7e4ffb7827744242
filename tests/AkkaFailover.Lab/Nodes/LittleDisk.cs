using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>A file system of a folder's own (tmpfs) that can be full at once, and outlives the processes that use it; dispose it.</summary>
public sealed class LittleDisk : IDisposable
{
    private const string Size = "4g";
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
        Resize($"{drive.TotalSize - drive.TotalFreeSpace}");
    }

    /// <summary>There is room again.</summary>
    public void Empty() => Resize(Size);

    /// <inheritdoc/>
    public void Dispose() => Tool.Run("umount", ["--lazy", _folder]);

    private void Resize(string size) => Tool.Run("mount", ["-o", $"remount,size={size}", _folder]);
}
