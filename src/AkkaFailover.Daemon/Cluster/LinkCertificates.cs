using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// This node's certificate and the rule by which a peer's is accepted: signed by the configured authority, valid now, and
/// carrying a configured peer's node name as a DNS name.
/// </summary>
internal sealed class LinkCertificates
{
    private readonly X509Certificate2Collection _authorities;
    private readonly HashSet<string> _peers;

    private LinkCertificates(X509Certificate2 own, X509Certificate2Collection authorities, IEnumerable<NodeName> peers)
    {
        Own = own;
        _authorities = authorities;
        _peers = peers.Select(peer => peer.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>This node's certificate with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Reads the three files, which the configuration's checks have found to be good.</summary>
    public static LinkCertificates Load(TlsSettings settings, IEnumerable<NodeName> peers)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(settings.CaFile);
        return new LinkCertificates(X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile), authorities, peers);
    }

    /// <summary>Whether a peer's certificate is accepted.</summary>
    /// <param name="certificate">The peer's; null where it showed none.</param>
    /// <param name="intermediates">Other certificates it sent.</param>
    /// <param name="reason">Why not; empty where it is.</param>
    public bool Accepts(X509Certificate2? certificate, X509Certificate2Collection intermediates, out string reason)
    {
        reason = "it showed no certificate";
        if (certificate is null || !IsSigned(certificate, intermediates, out reason)) return false;
        var names = DnsNames(certificate);
        if (names.Any(_peers.Contains)) return true;
        reason = $"its certificate carries the DNS names '{string.Join("', '", names)}', none of which is a configured peer's";
        return false;
    }

    private bool IsSigned(X509Certificate2 certificate, X509Certificate2Collection intermediates, out string reason)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        var signed = chain.Build(certificate);
        reason = signed ? "" : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
        return signed;
    }

    private static List<string> DnsNames(X509Certificate2 certificate) =>
        [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames())];
}
