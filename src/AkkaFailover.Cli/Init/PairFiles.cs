using System.Security.Cryptography;
using System.Text;

namespace AkkaFailover.Cli.Init;

/// <summary>One file to be written.</summary>
/// <param name="Path">Relative to the target directory.</param>
/// <param name="Text">Its content.</param>
/// <param name="IsSecret">Mode 0600 instead of 0644.</param>
internal sealed record PairFile(string Path, string Text, bool IsSecret)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = Owner | UnixFileMode.UserExecute;

    /// <summary>Writes it; a secret is never readable by others, not even for a moment.</summary>
    public void WriteTo(string directory)
    {
        var target = System.IO.Path.Combine(directory, Path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!, Folder);
            options.UnixCreateMode = IsSecret ? Owner : Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }
        // An old file would keep its mode.
        File.Delete(target);
        using var stream = new FileStream(target, options);
        stream.Write(Encoding.UTF8.GetBytes(Text));
    }
}

/// <summary>All files of a pair.</summary>
internal static class PairFiles
{
    /// <summary>The longest that ucarp takes too, so that a node may be replaced by one.</summary>
    private const int PassphraseLength = 19;

    private const string PassphraseLetters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Makes certificates, passphrase and configurations.</summary>
    public static IReadOnlyList<PairFile> Make(PairPlan plan)
    {
        var now = DateTimeOffset.UtcNow;
        using var authority = PairCertificates.MakeAuthority(string.Join(" and ", plan.Nodes.Select(node => node.Name)), now);
        var authorityPem = authority.ExportCertificatePem();
        var passphrase = RandomNumberGenerator.GetString(PassphraseLetters, PassphraseLength);

        var files = new List<PairFile> { new("ca.crt", authorityPem + "\n", false), new("ca.key", PairCertificates.KeyPem(authority) + "\n", true) };
        foreach (var node in plan.Nodes)
        {
            using var certificate = PairCertificates.MakeNode(authority, node.Name.Value, now);
            files.Add(new($"{node.Name}/node.crt", certificate.ExportCertificatePem() + "\n", false));
            files.Add(new($"{node.Name}/node.key", PairCertificates.KeyPem(certificate) + "\n", true));
            files.Add(new($"{node.Name}/ca.crt", authorityPem + "\n", false));
            files.Add(new($"{node.Name}/passphrase", passphrase + "\n", true));
            files.Add(new($"{node.Name}/akka-failover.conf", PairConfiguration.Text(plan, node), false));
        }
        return files;
    }
}
