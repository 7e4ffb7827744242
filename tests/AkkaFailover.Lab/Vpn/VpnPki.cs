using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>A certificate with its private key, as PEM.</summary>
public sealed record VpnIdentity(string Certificate, string Key);

/// <summary>What the servers and clients of one VPN trust: made anew for each lab.</summary>
public sealed class VpnPki : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // The clocks of certificates: the lab's hosts share one, but a certificate must not be younger than the look at it.
    private static readonly DateTimeOffset ValidFrom = DateTimeOffset.UtcNow.AddDays(-1), ValidTo = DateTimeOffset.UtcNow.AddDays(30);
    private readonly X509Certificate2 _authority;
    private readonly string _folder;

    /// <summary>Makes authority, server certificate and the keys that both servers share.</summary>
    /// <param name="folder">Where OpenVPN writes the keys that only it can make.</param>
    public VpnPki(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _authority = MakeAuthority();
        Server = Sign("vpn.example.net", ServerAuthentication);
        TlsCrypt = Generate("tls-crypt");
        TokenSecret = NewTokenSecret();
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string Authority => _authority.ExportCertificatePem();

    /// <summary>The server; both nodes present the same.</summary>
    public VpnIdentity Server { get; }

    /// <summary>The static key of <c>tls-crypt</c>.</summary>
    public string TlsCrypt { get; }

    /// <summary>What session tokens are signed with.</summary>
    public string TokenSecret { get; }

    /// <summary>Another secret for session tokens.</summary>
    public string NewTokenSecret() => Generate("auth-token");

    /// <summary>A client.</summary>
    public VpnIdentity Client(string commonName) => Sign(commonName, ClientAuthentication);

    /// <inheritdoc/>
    public void Dispose() => _authority.Dispose();

    private string Generate(string kind)
    {
        var file = Path.Combine(_folder, kind);
        Tool.Run("openvpn", ["--genkey", kind, file]);
        return File.ReadAllText(file);
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=VPN of the lab", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request.CreateSelfSigned(ValidFrom, ValidTo);
    }

    private VpnIdentity Sign(string commonName, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        // remote-cert-tls asks for both.
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var certificate = request.Create(_authority, ValidFrom.AddHours(1), ValidTo.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        return new VpnIdentity(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
