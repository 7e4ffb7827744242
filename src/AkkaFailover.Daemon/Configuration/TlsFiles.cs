using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Checks the three PEM files of the cluster link, each alone and against the others.</summary>
internal static class TlsFiles
{
    private const string Renew = "make new certificates: failoverctl init";
    private static readonly TimeSpan ExpirySoon = TimeSpan.FromDays(30);

    public static TlsSettings Check(Setting certificateFile, Setting keyFile, Setting authorityFile, NodeName node, ConfigurationFiles files)
    {
        var certificatePem = ReadPem(certificateFile, files);
        var keyPem = ReadPem(keyFile, files);
        var authorityPem = ReadPem(authorityFile, files);
        if (keyPem is not null) ConfigurationFiles.WarnIfOpen(files.Resolve(keyFile.Text()), keyFile);

        using var certificate = Parse(certificateFile, certificatePem);
        using var authority = Parse(authorityFile, authorityPem);
        if (certificate is not null)
        {
            CheckDates(certificateFile, certificate, files.Now);
            CheckName(certificateFile, certificate, node);
            CheckKey(keyFile, certificatePem!, keyPem);
        }
        if (authority is not null) CheckDates(authorityFile, authority, files.Now);
        if (certificate is not null && authority is not null) CheckSigned(certificateFile, certificate, authorityPem!);
        return new TlsSettings(files.Resolve(certificateFile.Text()), files.Resolve(keyFile.Text()), files.Resolve(authorityFile.Text()));
    }

    private static string? ReadPem(Setting setting, ConfigurationFiles files)
    {
        var path = setting.Text();
        if (path.Length == 0)
        {
            setting.Error("required, but missing or empty", "name the PEM file (failoverctl init makes it), or write tls.enabled = off");
            return null;
        }
        try
        {
            return File.ReadAllText(files.Resolve(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            setting.Error($"cannot be read: {e.Message}", "name a PEM file that the daemon's user may read; relative paths begin at this configuration file");
            return null;
        }
    }

    private static X509Certificate2? Parse(Setting setting, string? pem)
    {
        if (pem is null) return null;
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            setting.Error("holds no certificate in PEM form", "it must contain a block that begins with -----BEGIN CERTIFICATE-----");
            return null;
        }
    }

    private static void CheckDates(Setting setting, X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotAfter < now) setting.Error($"expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}", Renew);
        else if (certificate.NotAfter < now + ExpirySoon) setting.Warning($"expires on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}", Renew);
        if (certificate.NotBefore > now)
            setting.Error($"not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC", "set this host's clock, or make new certificates");
    }

    /// <summary>The peer knows this node by a DNS name of its certificate; the subject does not count.</summary>
    private static void CheckName(Setting setting, X509Certificate2 certificate, NodeName node)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).ToList();
        if (node.Value is null || names.Contains(node.Value)) return;
        var found = names.Count == 0 ? "none" : string.Join(", ", names);
        setting.Error($"does not carry this node's name '{node}' as a DNS name (it has: {found})", $"use the certificate of node '{node}', or correct failover.node");
    }

    private static void CheckKey(Setting keyFile, string certificatePem, string? keyPem)
    {
        if (keyPem is null) return;
        try
        {
            X509Certificate2.CreateFromPem(certificatePem, keyPem).Dispose();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            keyFile.Error("not the private key of tls.certificate-file, or not an unencrypted PEM key", "use the key file that was made with the certificate");
        }
    }

    private static void CheckSigned(Setting certificateFile, X509Certificate2 certificate, string authorityPem)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authorityPem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Dates have their own messages.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(certificate))
            certificateFile.Error("not signed by the authority of tls.ca-file", "use the ca.crt, certificate and key of one and the same failoverctl init");
    }
}
