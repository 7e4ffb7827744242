using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Files;

/// <summary>A folder that rsync copies from host a to an rsync daemon on host b over the nodes' own link, unencrypted, in their favour.</summary>
internal abstract class RsyncFiles(LabNetwork lab) : FileReplicator(lab)
{
    private const int Port = 8730;

    /// <inheritdoc/>
    public override string Source => FolderOf(Lab.A);

    /// <inheritdoc/>
    public override string Target => FolderOf(Lab.B);

    /// <summary>What rsync is told to copy to.</summary>
    public string Destination => $"rsync://{Lab.B.LinkAddress}:{Port}/files/";

    /// <inheritdoc/>
    public override void Remove()
    {
        Lab.A.KillEverything();
        Lab.B.KillEverything();
    }

    /// <inheritdoc/>
    protected override async Task Launch()
    {
        var configuration = Path.Combine(Lab.B.Directory, "rsyncd.conf");
        await File.WriteAllTextAsync(configuration, $"""
            use chroot = no
            uid = 0
            gid = 0
            reverse lookup = no
            [files]
            path = {Target}
            read only = no
            """);
        Lab.B.Start("rsyncd.log", "rsync", "--daemon", "--no-detach", $"--port={Port}", $"--config={configuration}");
        await LabClock.Expect(() => Lab.A.Try("rsync", Destination).ExitCode == 0, TimeSpan.FromSeconds(10), "the rsync daemon answers");
        Watch();
    }

    /// <summary>Starts what calls rsync.</summary>
    protected abstract void Watch();
}

/// <summary>The loop that everybody writes first: inotifywait, and rsync for each burst of events.</summary>
internal sealed class InotifyRsyncFiles(LabNetwork lab) : RsyncFiles(lab)
{
    /// <inheritdoc/>
    public override string Name => "inotifywait, rsync --fsync";

    /// <inheritdoc/>
    protected override void Watch() => Lab.A.Start("inotify.log", "bash", "-c",
        "inotifywait -q -m -r -e close_write,moved_to,create,delete --format x \"$1\" | while read -r _; do while read -r -t 0.001 _; do :; done; rsync -a --delete --fsync \"$1/\" \"$2\"; done",
        "bash", Source, Destination);
}

/// <summary>lsyncd without its delay.</summary>
internal sealed class LsyncdFiles(LabNetwork lab) : RsyncFiles(lab)
{
    /// <inheritdoc/>
    public override string Name => "lsyncd, delay 0, --fsync";

    /// <inheritdoc/>
    protected override void Watch()
    {
        var configuration = Path.Combine(Lab.A.Directory, "lsyncd.lua");
        File.WriteAllText(configuration, $$"""
            settings { nodaemon = true, insist = true }
            sync { default.rsync, source = "{{Source}}", target = "{{Destination}}", delay = 0, rsync = { archive = true, _extra = { "--fsync" } } }
            """);
        Lab.A.Start("lsyncd.log", "lsyncd", configuration);
    }
}
