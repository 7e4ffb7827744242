using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaFailover.Core.OpenVpn;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>What was found in a server's files.</summary>
/// <param name="Config">The configuration; null where it cannot be read.</param>
/// <param name="Facts">What its server would accept sessions by.</param>
/// <param name="Problems">Why it would not start or not be trusted, one sentence each, with what to do.</param>
internal sealed record Inspection(ServerConfig? Config, SessionFacts Facts, IReadOnlyList<string> Problems);

/// <summary>Reads the files of an OpenVPN server as it would itself. Blocks; every file is bounded.</summary>
internal static class ServerInspector
{
    private const int MaxFile = 1 << 20;
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(7);

    /// <summary>Reads the configuration alone.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ServerConfig Load(string file) => Parse(file, Read(file));

    /// <summary>Looks at everything.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="now">For the validity of certificates.</param>
    public static Inspection Inspect(string file, DateTimeOffset now)
    {
        var problems = new List<string>();
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (Try(() => Read(file), problems, $"the server's configuration {file}") is not { } text) return new Inspection(null, FactsOf(contents), problems);
        contents["config"] = text;
        var config = Parse(file, text);
        foreach (var (option, path) in config.Files)
        {
            if (Try(() => Read(path), problems, $"{option} {path}") is { } content) contents[option] = content;
        }
        foreach (var option in SessionFacts.Compared.Select(compared => compared.Option).Append("key"))
        {
            if (config.Inline(option) is { } inline) contents[option] = Encoding.UTF8.GetBytes(inline);
        }
        if (problems.Count == 0) CheckCertificate(contents, now, problems);
        return new Inspection(config, FactsOf(contents), problems);
    }

    private static ServerConfig Parse(string file, byte[] text) => ServerConfig.Parse(Encoding.UTF8.GetString(text), Path.GetDirectoryName(file)!);

    private static SessionFacts FactsOf(Dictionary<string, byte[]> contents) => new(SessionFacts.Compared.Select(compared => compared.Option)
        .Where(contents.ContainsKey).ToDictionary(option => option, option => Convert.ToHexStringLower(SHA256.HashData(contents[option]))[..16], StringComparer.Ordinal));

    private static void CheckCertificate(Dictionary<string, byte[]> contents, DateTimeOffset now, List<string> problems)
    {
        if (Pem("ca") is not { } ca || Pem("cert") is not { } cert || Pem("key") is not { } key) return;
        try
        {
            // An encrypted key asks for its password when the server starts; here nobody can answer.
            using var certificate = key.Contains("ENCRYPTED", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(cert) : X509Certificate2.CreateFromPem(cert, key);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(ca);
            var extra = new X509Certificate2Collection();
            extra.ImportFromPem(cert);
            using var chain = new X509Chain
            {
                ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = now.LocalDateTime },
            };
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.ExtraStore.AddRange(extra);
            if (!chain.Build(certificate))
                problems.Add($"the server's certificate {certificate.Subject} is not trusted by its own ca: {string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()))}");
            else if (certificate.NotAfter < (now + ExpiresSoon).LocalDateTime)
                problems.Add($"the server's certificate {certificate.Subject} expires on {certificate.NotAfter:yyyy-MM-dd}: renew it");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            problems.Add($"the server's certificate and key do not fit: {e.Message}");
        }

        string? Pem(string option) => contents.TryGetValue(option, out var content) ? Encoding.UTF8.GetString(content) : null;
    }

    private static T? Try<T>(Func<T> read, List<string> problems, string what)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{what} cannot be read: {e.Message}");
            return null;
        }
    }

    private static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxFile) throw new IOException($"{path} has more than {MaxFile} bytes");
        var content = new byte[file.Length];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}
