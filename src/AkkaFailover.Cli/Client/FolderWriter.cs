using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>
/// Makes a folder of the files that an answer brings, for its owner alone. It has its name only when everything is in it: until then it
/// is beside its place, and gone again where something fails.
/// </summary>
internal sealed class FolderWriter : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly string _target;
    private readonly string _part;

    public FolderWriter(string target)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        _part = $"{_target}.part-{Environment.ProcessId}";
    }

    /// <summary>Makes the folder beside its place.</summary>
    /// <exception cref="FolderException">There is something at its place, or it cannot be made.</exception>
    public void Begin() => Guard(() =>
    {
        if (File.Exists(_target) || (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any()))
            throw new FolderException($"{_target} is there already, and not an empty folder: name another one");
        Directory.CreateDirectory(_part, OwnerFolder);
    });

    /// <summary>Writes one file.</summary>
    /// <exception cref="FolderException">It cannot be written, or its path leads out of the folder.</exception>
    public void Write(FolderFile file) => Guard(() =>
    {
        if (file.Path.Split('/').Any(name => name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal)))
            throw new FolderException($"the daemon sent '{file.Path}', which is no path within a folder");
        var path = Path.Combine(_part, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerFolder);
        using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerFile });
        stream.Write(file.Content);
    });

    /// <summary>Everything is there: it gets its name.</summary>
    /// <exception cref="FolderException">It cannot.</exception>
    public void Finish() => Guard(() =>
    {
        if (Directory.Exists(_target)) Directory.Delete(_target);
        Directory.Move(_part, _target);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_part)) Directory.Delete(_part, recursive: true);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FolderException($"{_target}: {e.Message}");
        }
    }
}

/// <summary>A folder cannot be read or written as it must be; the message names it.</summary>
internal sealed class FolderException(string message) : Exception(message);
