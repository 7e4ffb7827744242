using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>What has to be the same on both nodes for a session to go on, and what goes through it meanwhile.</summary>
[Collection(KickLab.Shared)]
public sealed class VpnSessionTests(KickLab lab)
{
    private const int DownloadBytes = 200_000_000;
    private VpnRig Rig => lab.Rig;

    [Fact]
    public async Task A_download_of_200_MB_survives_host_death_and_a_handover()
    {
        await Rig.Settle();
        using var download = TunnelDownload.Begin(Rig.Lab, Rig.UserLocked.Host, DownloadBytes, TimeSpan.FromSeconds(25));
        await GoesOn(download);
        Rig.Pair.Active.Host.PowerOff();
        await GoesOn(download);
        await Rig.Settle();
        ((Nodes.AkkaNode)Rig.Pair.Active).Ask("group", "handover", "--wait");
        Assert.InRange(download.Received, 1, DownloadBytes - 1);
        await Rig.Expect(() => download.Completed.IsCompleted, TimeSpan.FromMinutes(1), "all of the download has arrived");
        var (received, sent) = await download.Completed;
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task The_standby_has_every_file_of_the_server()
    {
        await Rig.Settle();
        // The address pool is written while the server runs.
        await LabClock.Until(() => Contents(Rig.Servers.A).SequenceEqual(Contents(Rig.Servers.B)), TimeSpan.FromSeconds(10));
        Assert.Equal(Contents(Rig.Servers.A), Contents(Rig.Servers.B));
    }

    private async Task GoesOn(TunnelDownload download)
    {
        var before = download.Received;
        await Rig.Expect(() => download.Received > before + (DownloadBytes / 20), TimeSpan.FromSeconds(30), $"the download goes on after {before} bytes");
    }

    private static List<(string Name, UnixFileMode Mode, string Content)> Contents(VpnServer server) =>
        [.. Directory.GetFiles(server.Folder).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.GetUnixFileMode(file), File.ReadAllText(file)))];
}

/// <summary>The control of "no password check" in every other test: it would be seen.</summary>
public sealed class VpnTokenSecretTests
{
    [Fact]
    public async Task With_another_secret_for_tokens_on_the_other_node_the_password_is_asked_for()
    {
        using var lab = new TcpLab();
        lab.Rig.Servers.SplitTokenSecrets();
        var run = await VpnFaultRun.Measure(lab.Rig, VpnFault.HostDeath);
        Assert.True(run is { Holder: "new", PasswordChecks: > 0, TokenLogins: 0 }, $"{run}\n{lab.Rig.Describe()}");
    }
}
