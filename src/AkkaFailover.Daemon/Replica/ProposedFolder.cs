using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The proposed configuration as files, for the command that judges it; for its owner alone, and gone when it has been judged.</summary>
/// <param name="path">The folder.</param>
internal sealed class ProposedFolder(string path)
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>The keys as files, as config export writes them.</summary>
    public string Config => Path.Combine(path, "config");

    /// <summary>The keys that change, one a line.</summary>
    public string Changed => Path.Combine(path, "changed");

    /// <summary>Writes it. Nothing is fsynced: it is never read after a crash.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(Proposal proposal, CancellationToken late)
    {
        Directory.CreateDirectory(Config, OwnerFolder);
        File.WriteAllLines(Changed, proposal.Keys);
        foreach (var (key, relative) in KeyPath.OfAll([.. proposal.Entries.Keys.Where(key => !ChangePlan.IsReserved(key))]))
        {
            late.ThrowIfCancellationRequested();
            var file = Path.Combine(Config, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, OwnerFolder);
            using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerFile });
            stream.Write(proposal.Entries[key].Value);
        }
    }

    /// <summary>Takes it away.</summary>
    public void Remove()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }
}
