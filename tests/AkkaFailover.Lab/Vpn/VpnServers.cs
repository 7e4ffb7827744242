using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>The servers of a pair: two places for one server.</summary>
public sealed class VpnServers(LabNetwork lab, VpnPki pki, VpnVariant variant, string[] autoLogin)
{
    /// <summary>On node a.</summary>
    public VpnServer A { get; } = new(lab.A);

    /// <summary>On node b.</summary>
    public VpnServer B { get; } = new(lab.B);

    /// <summary>The server on a host.</summary>
    public VpnServer On(LabHost host) => host == lab.A ? A : B;

    /// <summary>How often the password of a user was asked for, on both.</summary>
    public int PasswordChecksOf(string user) => A.PasswordChecksOf(user) + B.PasswordChecksOf(user);

    /// <summary>How often a user came in by a session token, on both.</summary>
    public int TokenLogins(string user) => A.TokenLogins(user) + B.TokenLogins(user);

    /// <summary>Writes the files of one.</summary>
    public void Write(VpnServer server) => server.Write(pki, variant, autoLogin);

    /// <summary>Copies the files to both, as an administrator does where nothing replicates them.</summary>
    public void WriteBoth()
    {
        Write(A);
        Write(B);
    }

    /// <summary>A mistake that an administrator can make: each node has a secret for session tokens of its own.</summary>
    public void SplitTokenSecrets()
    {
        foreach (var server in new[] { A, B }) server.UseOwnTokenSecret(pki.NewTokenSecret());
    }
}
