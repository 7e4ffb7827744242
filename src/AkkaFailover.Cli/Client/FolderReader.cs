using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>Reads a folder's files for a request. What is not a plain file or folder is refused by name, and nothing is sent.</summary>
internal static class FolderReader
{
    private const int MostFiles = 10_000;

    /// <summary>Reads all files, in order of their paths.</summary>
    /// <exception cref="FolderException">Something in it cannot be sent.</exception>
    public static IReadOnlyList<FolderFile> Read(string folder)
    {
        try
        {
            var root = Path.GetFullPath(folder);
            if (!Directory.Exists(root)) throw new FolderException($"{folder} is not a folder");
            var files = new List<FolderFile>();
            Add(root, root, files, ControlProtocol.MaxDataBytes);
            return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FolderException($"{folder}: {e.Message}");
        }
    }

    private static long Add(string root, string folder, List<FolderFile> files, long room)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            if (path.Contains('\uFFFD', StringComparison.Ordinal)) throw new FolderException($"{path}: its name is not valid UTF-8");
            switch (FileKind.Of(path))
            {
                case FileKind.Folder:
                    room = Add(root, path, files, room);
                    break;
                case FileKind.File:
                    var relative = Path.GetRelativePath(root, path);
                    room -= new FileInfo(path).Length + relative.Length + 64;
                    if (room < 0 || files.Count == MostFiles)
                        throw new FolderException($"{root} has more than {MostFiles} files or {ControlProtocol.MaxDataBytes} bytes, which is more than a request may hold");
                    files.Add(new FolderFile(relative, File.ReadAllBytes(path)));
                    break;
                default:
                    throw new FolderException($"{path} is neither a file nor a folder: take it out");
            }
        }
        return room;
    }
}
