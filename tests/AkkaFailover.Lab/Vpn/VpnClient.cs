using System.Text.RegularExpressions;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>Name and password, the second kind of proof beside the certificate.</summary>
public sealed record VpnLogin(string Name, string Password);

/// <summary>A stock OpenVPN client with its default options.</summary>
/// <param name="host">Where it runs.</param>
/// <param name="name">The name of its certificate.</param>
/// <param name="profile">What it is started with.</param>
public sealed partial class VpnClient(LabHost host, string name, string profile)
{
    private HostProcess? _process;

    /// <summary>Where it runs.</summary>
    public LabHost Host => host;

    /// <summary>The name of its certificate.</summary>
    public string Name => name;

    /// <summary>Whether its process runs.</summary>
    public bool Runs => _process is { HasExited: false };

    /// <summary>What it has written.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>How often it has come to a working tunnel.</summary>
    public int Connections => Connected().Count(Log);

    /// <summary>Its address in the tunnel, as the server told it last; null before.</summary>
    public string? TunnelAddress => Assigned().Matches(Log) is { Count: > 0 } told ? told[^1].Groups[1].Value : null;

    /// <summary>Starts it.</summary>
    public void Start()
    {
        var file = Path.Combine(host.Directory, $"{name}.ovpn");
        File.WriteAllText(file, profile);
        _process = host.Start($"{name}.log", "openvpn", "--config", file);
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate()
    {
        if (Runs) _process!.Send(Signal.Terminate);
    }

    /// <summary>A profile as a provider hands it out: one file with everything in it.</summary>
    /// <param name="pki">Keys and certificates.</param>
    /// <param name="name">The name of the certificate.</param>
    /// <param name="remote">The address to connect to.</param>
    /// <param name="variant">How.</param>
    /// <param name="login">For a user-locked profile; null for one that logs in by its certificate alone.</param>
    /// <param name="more">More lines.</param>
    public static string Profile(VpnPki pki, string name, string remote, VpnVariant variant, VpnLogin? login, string more = "")
    {
        var identity = pki.Client(name);
        return $"""
            client
            dev tun
            proto {(variant.Tcp ? "tcp-client" : "udp")}
            remote {remote} {VpnServer.Port}
            nobind
            remote-cert-tls server
            verb 3
            {(login is null ? "" : $"<auth-user-pass>\n{login.Name}\n{login.Password}\n</auth-user-pass>")}
            {more}
            <ca>
            {pki.Authority}
            </ca>
            <cert>
            {identity.Certificate}
            </cert>
            <key>
            {identity.Key}
            </key>
            <tls-crypt>
            {pki.TlsCrypt}
            </tls-crypt>

            """;
    }

    [GeneratedRegex("Initialization Sequence Completed")]
    private static partial Regex Connected();

    [GeneratedRegex(@"PUSH_REPLY,.*?\bifconfig (\d+\.\d+\.\d+\.\d+) ")]
    private static partial Regex Assigned();
}
