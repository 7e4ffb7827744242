using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Files;

/// <summary>Something that keeps a folder of one host the same as a folder of another, to be measured.</summary>
internal abstract class FileReplicator(LabNetwork lab)
{
    /// <summary>The hosts.</summary>
    protected LabNetwork Lab { get; } = lab;

    /// <summary>For the table.</summary>
    public abstract string Name { get; }

    /// <summary>The folder that is changed; valid once started.</summary>
    public abstract string Source { get; }

    /// <summary>The folder that follows.</summary>
    public abstract string Target { get; }

    /// <summary>Starts it with both folders empty; returns when changes are followed.</summary>
    /// <exception cref="LabException">It does not come to that.</exception>
    public async Task Start()
    {
        foreach (var folder in new[] { FolderOf(Lab.A), FolderOf(Lab.B) })
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        }
        await Launch();
        // Whatever watches is known to watch when the first change has come through.
        var first = Path.Combine(Source, "first");
        await LabClock.Expect(() =>
        {
            if (File.Exists(Path.Combine(Target, "first"))) return true;
            File.WriteAllText(first, "first");
            return false;
        }, TimeSpan.FromSeconds(30), $"{Name} follows");
    }

    /// <summary>Ends it.</summary>
    public abstract void Remove();

    /// <summary>Starts what it consists of.</summary>
    protected abstract Task Launch();

    /// <summary>The folder of a host.</summary>
    protected static string FolderOf(LabHost host) => Path.Combine(host.Directory, "files");
}

/// <summary>A pair of ours with a watched path.</summary>
internal sealed class AkkaFiles(LabNetwork lab, Observer observer) : FileReplicator(lab)
{
    private readonly AkkaStore _store = new(lab, observer);

    /// <inheritdoc/>
    public override string Name => "akka-failover";

    /// <inheritdoc/>
    public override string Source => FolderOf(_store.Active.Host);

    /// <inheritdoc/>
    public override string Target => FolderOf(_store.Standby.Host);

    /// <inheritdoc/>
    public override void Remove() => _store.Remove();

    /// <inheritdoc/>
    protected override Task Launch() => _store.Start(host => $"failover.groups.{AkkaNode.Group}.config.paths {{ files = \"{FolderOf(host)}\" }}");
}
