using System.Security.Cryptography;
using System.Text;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>
/// The OpenVPN server on a host, as an administrator has it: a folder like <c>/etc/openvpn/server</c>, which is to be the same on both
/// nodes, and one like <c>/run/openvpn-server</c> beside it for what belongs to the node alone.
/// </summary>
public sealed class VpnServer(LabHost host)
{
    /// <summary>The port, UDP or TCP.</summary>
    public const int Port = 1194;

    /// <summary>The server's address in the tunnel.</summary>
    public const string TunnelAddress = "10.8.0.1";

    /// <summary>The tunnel's network.</summary>
    public const string TunnelNetwork = "10.8.0.0/24";

    private const string RuntimeFolder = "openvpn-run", TokenSecret = "auth-gen-token.secret";

    /// <summary>The folder that replicates.</summary>
    public string Folder => Path.Combine(host.Directory, "openvpn");

    /// <summary>The node's own folder: status, management socket, log.</summary>
    public string Runtime => Path.Combine(host.Directory, RuntimeFolder);

    /// <summary>The configuration file.</summary>
    public string Configuration => Path.Combine(Folder, "server.conf");

    /// <summary>The program with its arguments; paths in the configuration begin at its folder, so that the same file works on both nodes.</summary>
    public string[] Command => ["openvpn", "--cd", Folder, "--config", "server.conf"];

    /// <summary>What it has logged.</summary>
    public string Log => Read("openvpn.log");

    /// <summary>The checks of passwords that the script was asked for, one a line: time, name given, name of the certificate, verdict.</summary>
    public IReadOnlyList<string> PasswordChecks => Read("password-checks").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How often a user came in by a session token.</summary>
    public int TokenLogins(string user) =>
        Log.Split('\n').Count(line => line.Contains($"auth-token authentication succeeded for username '{user}'", StringComparison.Ordinal));

    /// <summary>How often the password of a user was asked for.</summary>
    public int PasswordChecksOf(string user) => PasswordChecks.Count(line => line.Split(' ')[1] == user);

    /// <summary>Makes the node's own folder.</summary>
    public void MakeRuntime() => Directory.CreateDirectory(Runtime);

    /// <summary>Writes the folder that replicates.</summary>
    /// <param name="pki">Keys and certificates.</param>
    /// <param name="variant">How clients reach it.</param>
    /// <param name="autoLogin">Certificates that come in without a password.</param>
    public void Write(VpnPki pki, VpnVariant variant, IEnumerable<string> autoLogin)
    {
        Directory.CreateDirectory(Folder);
        Put("ca.crt", pki.Authority);
        Put("server.crt", pki.Server.Certificate);
        Put("server.key", pki.Server.Key, secret: true);
        Put("tls-crypt.key", pki.TlsCrypt, secret: true);
        Put(TokenSecret, pki.TokenSecret, secret: true);
        Put("auto-login", string.Concat(autoLogin.Select(name => name + "\n")));
        Put("users", "");
        Put("check-password.sh", CheckPassword);
        File.SetUnixFileMode(Path.Combine(Folder, "check-password.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Put("server.conf", ConfigurationFor(variant));
    }

    /// <summary>Takes the secret for session tokens from the node's own folder.</summary>
    public void UseOwnTokenSecret(string secret)
    {
        File.WriteAllText(Path.Combine(Runtime, TokenSecret), secret);
        if (File.Exists(Configuration)) Put("server.conf", File.ReadAllText(Configuration).Replace($" {TokenSecret}", $" ../{RuntimeFolder}/{TokenSecret}", StringComparison.Ordinal));
    }

    /// <summary>Adds an account, as tools do: the whole file anew beside the old one, then a rename.</summary>
    public void AddAccount(string name, string password) =>
        Put("users", $"{File.ReadAllText(Path.Combine(Folder, "users"))}{name}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)))}\n");

    /// <summary>Whether there is an account.</summary>
    public bool HasAccount(string name) => File.ReadLines(Path.Combine(Folder, "users")).Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>Removes an account.</summary>
    public void RemoveAccount(string name) =>
        Put("users", string.Concat(File.ReadLines(Path.Combine(Folder, "users")).Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal)).Select(line => line + "\n")));

    private const string CheckPassword = $"""
        #!/bin/sh
        # $1 is a file with name and password, a line each; common_name is the certificate's. Both must be the same user's,
        # and only who stands in auto-login comes in with the certificate alone.
        name= password= verdict=refused
        {"{"} read -r name; read -r password; {"}"} <"$1"
        if [ -z "$name" ]; then
          grep -qxF "$common_name" auto-login && verdict=certificate
        elif [ "$name" = "$common_name" ] && grep -qxF "$name:$(printf %s "$password" | sha256sum | cut -d' ' -f1)" users; then
          verdict=password
        fi
        echo "$(date +%T.%3N) ${"{"}name:--{"}"} $common_name $verdict" >>../{RuntimeFolder}/password-checks
        [ $verdict != refused ]

        """;

    private static string ConfigurationFor(VpnVariant variant) => $"""
        dev tun
        proto {(variant.Tcp ? "tcp-server" : "udp")}
        local {LabTopology.VirtualAddress}
        port {Port}
        topology subnet
        server 10.8.0.0 255.255.255.0
        ifconfig-pool-persist ipp.txt 1
        push "route {VpnRouting.InnerServer} 255.255.255.255"
        keepalive {variant.Keepalive}
        {(variant.Tcp ? "" : "explicit-exit-notify 1")}
        ca ca.crt
        cert server.crt
        key server.key
        dh none
        tls-crypt tls-crypt.key
        script-security 2
        auth-user-pass-verify ./check-password.sh via-file
        auth-user-pass-optional
        auth-gen-token 86400
        auth-gen-token-secret {TokenSecret}
        status ../{RuntimeFolder}/status.log 1
        status-version 2
        management ../{RuntimeFolder}/management.sock unix
        log-append ../{RuntimeFolder}/openvpn.log
        verb 3

        """;

    private void Put(string name, string content, bool secret = false)
    {
        var (target, beside) = (Path.Combine(Folder, name), Path.Combine(Folder, $".{name}.new"));
        File.WriteAllText(beside, content);
        if (secret) File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(beside, target, overwrite: true);
    }

    private string Read(string name) => Path.Combine(Runtime, name) is var file && File.Exists(file) ? File.ReadAllText(file) : "";
}
