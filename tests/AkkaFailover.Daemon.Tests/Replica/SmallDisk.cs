using System.Diagnostics;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>A file system of its own, of a few megabytes (tmpfs; needs root), that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("small-disk-");

    public SmallDisk(int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder);

    public string Folder => _folder.FullName;

    public void Fill()
    {
        using var filler = new FileStream(Path.Combine(Folder, "filler"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                filler.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // It is full: that is the purpose.
        }
    }

    public void MakeRoom() => File.Delete(Path.Combine(Folder, "filler"));

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder);

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        _folder.Delete();
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
