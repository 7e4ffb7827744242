using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a group's <c>heartbeat</c>.</summary>
internal static class HeartbeatReader
{
    private const int LongestPassphrase = 20;
    private const int LongestUcarpPassphrase = 19;

    /// <summary>Of a stall: an estimate of what a busy host has now and then; longer ones happen (decision 131).</summary>
    private static readonly TimeSpan ShortestTolerance = TimeSpan.FromMilliseconds(25);

    public static HeartbeatSettings Read(Section heartbeat, ConfigurationFiles files)
    {
        const string Instead = "use protocol = \"carp\"";
        var protocol = heartbeat["protocol"];
        if (protocol.Choice(("carp", false), ("vrrp", true))) protocol.Error("VRRP is not available in this version", Instead);
        heartbeat.WithoutEffect("vrrp", "VRRP is not available in this version, and protocol does not ask for it: the section has no effect", "remove it");
        var source = heartbeat["source-address"].IPv4();
        return new HeartbeatSettings(source, ReadCarp(heartbeat.Inner("carp"), files));
    }

    private static CarpSettings ReadCarp(Section carp, ConfigurationFiles files)
    {
        var vhid = carp["vhid"].Int(1, 255);
        var peer = carp["peer"].Choice(("ours", CarpPeer.Ours), ("ucarp", CarpPeer.Ucarp));
        var passphrase = ReadPassphrase(carp, peer, files);
        var advBase = carp["advbase"].Int(0, 254);
        var advSkewSetting = carp["advskew"];
        var advSkew = advSkewSetting.Int(0, 254);
        if (advBase == 0 && advSkew == 0) advSkewSetting.Error("advbase and advskew are both 0: there would be no time between two adverts", "write advskew = 51 (0.2 s), or advbase = 1");
        if (advBase == 0 && advSkew == 1)
            advSkewSetting.Error("an advert each 3.9 ms: a quarter of it, in which the address is asked for, is less than the daemon's timers tell apart", "write advskew = 2 (7.8 ms), with dead-ratio = 6");
        var deadRatioSetting = carp["dead-ratio"];
        var deadRatio = deadRatioSetting.Int(2, 255);
        var sourceMac = carp["source-mac"].Choice(("virtual", CarpSourceMac.Virtual), ("interface", CarpSourceMac.Interface));
        var settings = new CarpSettings((byte)vhid, passphrase, (byte)advBase, (byte)advSkew, deadRatio, peer, sourceMac, ReadDestination(carp["destination"]), ReadPeerAddresses(carp["peer-addresses"], peer));
        CheckTolerance(deadRatioSetting, settings.Timing);
        return settings;
    }

    // A stall that is longer ends the lease between two adverts.
    private static void CheckTolerance(Setting deadRatio, HeartbeatTiming timing)
    {
        var tolerated = timing.Deadline - (timing.Interval * 1.5);
        if (tolerated >= ShortestTolerance || tolerated <= TimeSpan.Zero) return;
        deadRatio.Warning(
            FormattableString.Invariant($"the deadline is {timing.Deadline.TotalMilliseconds:0.0} ms: whatever holds the daemon up for {tolerated.TotalMilliseconds:0.0} ms, as a busy host or a collection of the runtime may, moves the role"),
            "raise dead-ratio (6 with advskew = 2), or advskew");
    }

    private static Secret ReadPassphrase(Section carp, CarpPeer peer, ConfigurationFiles files)
    {
        var inline = carp.Secret("passphrase");
        var file = carp["passphrase-file"];
        var text = inline.Text();
        var path = file.Text();
        var longest = peer == CarpPeer.Ucarp ? LongestUcarpPassphrase : LongestPassphrase;
        switch (text.Length > 0, path.Length > 0)
        {
            case (true, true):
                file.Error("both passphrase and passphrase-file are given", "remove one of them");
                return new Secret([]);
            case (false, false):
                inline.Error("required, but neither passphrase nor passphrase-file is given", $"write passphrase-file = \"passphrase\", a file whose first line has 1 to {longest} bytes");
                return new Secret([]);
            case (true, false):
                ConfigurationFiles.WarnIfOpen(files.Self, inline);
                return Measured(inline, text, longest);
            default:
                return ReadPassphraseFile(file, files.Resolve(path), longest);
        }
    }

    private static Secret ReadPassphraseFile(Setting setting, string path, int longest)
    {
        try
        {
            var line = File.ReadLines(path).FirstOrDefault() ?? "";
            ConfigurationFiles.WarnIfOpen(path, setting);
            return Measured(setting, line, longest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            setting.Error($"cannot be read: {e.Message}", "name a file that the daemon's user may read; relative paths begin at this configuration file");
            return new Secret([]);
        }
    }

    private static Secret Measured(Setting setting, string passphrase, int longest)
    {
        var bytes = Encoding.UTF8.GetBytes(passphrase);
        if (bytes.Length == 0 || bytes.Length > longest) setting.Error($"the passphrase has {bytes.Length} bytes", $"use 1 to {longest} bytes, the same on both nodes");
        return new Secret(bytes);
    }

    private static IPAddress ReadDestination(Setting setting)
    {
        var address = setting.IPv4();
        if (address is not null && !AddressRules.IsMulticast(address)) setting.Error("not an IPv4 multicast group", "write one of 224.0.0.0/4; CARP's own is 224.0.0.18");
        if (address is null && setting.Text().Length == 0) setting.Error("required, but empty", "remove the key: CARP's own group is 224.0.0.18");
        return address ?? IPAddress.None;
    }

    private static IReadOnlyList<IPAddress> ReadPeerAddresses(Setting setting, CarpPeer peer)
    {
        var addresses = setting.Addresses(most: 16);
        if (addresses.Count > 0 && peer != CarpPeer.Ucarp) setting.Error("only a ucarp peer is known by its address; our own is known over the cluster link", "remove it, or write peer = ucarp");
        if (addresses.Any(address => address.AddressFamily != AddressFamily.InterNetwork)) setting.Error("CARP adverts come from IPv4 addresses", "write IPv4 addresses");
        return addresses;
    }
}
