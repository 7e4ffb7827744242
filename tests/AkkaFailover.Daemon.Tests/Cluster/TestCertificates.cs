using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>A certificate authority of a test and what it signs, in a folder of its own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("link-tls-").FullName;
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    public string AuthorityFile => Path.Combine(_folder, "ca.pem");

    public TlsSettings Issue(string node, TimeSpan? endsIn = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        request.CertificateExtensions.Add(names.Build());
        var end = DateTimeOffset.UtcNow + (endsIn ?? TimeSpan.FromDays(5));
        using var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-5), end, RandomNumberGenerator.GetBytes(8));
        var stem = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(stem + ".crt", certificate.ExportCertificatePem());
        File.WriteAllText(stem + ".key", key.ExportPkcs8PrivateKeyPem());
        return new TlsSettings(stem + ".crt", stem + ".key", AuthorityFile);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
