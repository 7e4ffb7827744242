using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Commands;

/// <summary>
/// A failover to watch: a VPN gateway on two nodes, a client behind a router with a long download; a host dies, returns, and the role is handed
/// back, all while the download goes on.
/// </summary>
/// <param name="keep">Leave everything running at the end.</param>
internal sealed class DemoCommand(bool keep)
{
    private const int DownloadBytes = 200_000_000;
    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(1.5), DownloadTime = TimeSpan.FromSeconds(40), LongestDownload = TimeSpan.FromMinutes(3);
    private readonly DemoReport _report = new();
    private int _step;

    public async Task<int> Run(CancellationToken stop)
    {
        using var rig = VpnRig.Create(VpnContender.OursWithKick, VpnVariant.Udp);
        await Show(rig, stop);
        await Heading("Measured outages, asked every 5 ms", stop);
        _report.Write();
        if (keep) Keep(rig);
        return _report.Broken.Count == 0 ? 0 : 1;
    }

    private async Task Show(VpnRig rig, CancellationToken stop)
    {
        await Heading("Two nodes (a, b), a router (r) that forwards to their address, a VPN client behind it (o), another on the LAN (c): network namespaces", stop);
        var (a, b) = ((AkkaNode)rig.Pair.A, (AkkaNode)rig.Pair.B);
        Command($"akka-failover --config {a.ConfigurationFile}   # on a; the same on b");
        Command($"openvpn --config {VpnRig.User}.ovpn   # on o: stock client, certificate and password, connects to {VpnRouting.RouterOutside}");
        Command($"openvpn --config {VpnRig.Device}.ovpn   # on c: stock client, certificate alone, connects to {LabTopology.VirtualAddress}");
        await rig.Settle();
        var (first, second) = ((AkkaNode)rig.Pair.Active, (AkkaNode)rig.Pair.Other(rig.Pair.Active));

        await Heading($"One is active, holds {LabTopology.VirtualAddress} and runs OpenVPN; the other stands by with all of its files", stop);
        Ctl(first, "status");
        Ctl(second, "status");
        Ctl(second, "config", "paths");

        await Heading($"{VpnRig.User} downloads {DownloadBytes / 1_000_000} MB through the tunnel, over one TCP connection", stop);
        using var download = TunnelDownload.Begin(rig.Lab, rig.UserLocked.Host, DownloadBytes, DownloadTime);
        await rig.Expect(() => download.Received > 0, TimeSpan.FromSeconds(10), "the download has begun");

        await Heading($"The host of {first.Host.Name} dies: all its cables dead, everything on it gone", stop);
        Tell(await VpnFaultRun.Measure(rig, VpnFault.HostDeath), download, promised: TimeSpan.FromSeconds(3));
        Ctl(second, "group", "history", "--last", "8");
        Ctl(second, "status");

        await Heading($"{first.Host.Name} comes back: it finds an active node and becomes standby", stop);
        await rig.Pair.Settle();
        Ctl(first, "status");
        _report.Check(first.Status!.Role == "standby", $"{first.Host.Name} returned as standby");

        await Heading("Back again, on purpose: a handover", stop);
        Command($"failoverctl group handover   # on {second.Host.Name}");
        Tell(await VpnFaultRun.Measure(rig, VpnFault.Handover), download, promised: TimeSpan.FromSeconds(1.5));
        Ctl(first, "status");

        await Heading("The download ends", stop);
        await rig.Expect(() => download.Completed.IsCompleted, LongestDownload, $"all of the download has arrived; {download.Received:N0} bytes have");
        var (received, sent) = await download.Completed;
        Console.WriteLine($"   sent      SHA-256 {sent}");
        Console.WriteLine($"   received  SHA-256 {received}   {download.Received:N0} bytes");
        _report.Check(received == sent, "the download has the right checksum");
    }

    private void Tell(VpnMeasurement run, TunnelDownload download, TimeSpan promised)
    {
        Console.WriteLine($"""
               {VpnRig.User}: no answer through the tunnel for {run.UserLocked.OutageMs:0} ms; back by the session token {run.TokenLogins} time(s), password checks on both nodes: {run.PasswordChecks};
                      tunnel address {run.UserLocked.AddressBefore} before, {run.UserLocked.AddressAfter} after; {100.0 * download.Received / DownloadBytes:0} % of the download has arrived.
               {VpnRig.Device}: no answer for {run.AutoLogin.OutageMs:0} ms; tunnel address {run.AutoLogin.AddressBefore} before, {run.AutoLogin.AddressAfter} after.
               {VpnRig.Newcomer}: account added half a second before; can log in: {(run.NewAccountWorks ? "yes" : "no")}.
            """);
        _report.Add(run, promised);
    }

    private async Task Heading(string text, CancellationToken stop)
    {
        await Task.Delay(ReadingTime, stop);
        Console.WriteLine();
        Console.WriteLine($"{++_step}. {text}");
    }

    private static void Command(string text) => Console.WriteLine($"   $ {text}");

    private static void Ctl(AkkaNode node, params string[] command)
    {
        Console.WriteLine();
        Command($"failoverctl {string.Join(' ', command)}   # on {node.Host.Name}");
        foreach (var line in node.Ask(command).TrimEnd().Split('\n')) Console.WriteLine($"   {line}");
    }

    private static void Keep(VpnRig rig)
    {
        rig.Keep();
        Console.WriteLine($"""
               Everything is left running. Try:
                 scripts/lab.sh --lab {rig.Lab.Id} status
                 scripts/lab.sh --lab {rig.Lab.Id} exec o ping {VpnServer.TunnelAddress}
                 scripts/lab.sh --lab {rig.Lab.Id} break a poweroff
                 {Artifacts.Client} --socket {PairConfiguration.SocketOf(rig.Lab.B)} status
                 {Artifacts.Client} --socket {PairConfiguration.SocketOf(rig.Lab.B)} group explain
               End it with:
                 scripts/lab.sh --lab {rig.Lab.Id} down
            """);
    }
}
