using System.Text;

namespace AkkaFailover.Core.OpenVpn;

/// <summary>What a node's server would accept sessions by: fingerprints, by the option that names each.</summary>
/// <param name="Fingerprints">Option and the first 16 hexadecimal digits of its content's SHA-256.</param>
public sealed record SessionFacts(IReadOnlyDictionary<string, string> Fingerprints)
{
    /// <summary>The key under which the active's are in the replica.</summary>
    public const string Key = "openvpn-server:facts";

    /// <summary>The options that must be the same on both nodes, and what users would notice where they are not.</summary>
    public static readonly IReadOnlyList<(string Option, string Consequence)> Compared =
    [
        ("auth-gen-token-secret", "users would be asked for their passwords"),
        ("ca", "clients' certificates may be refused"),
        ("cert", "clients may not trust this server"),
        ("tls-crypt", "no client could connect"),
        ("tls-auth", "no client could connect"),
        ("tls-crypt-v2", "no client could connect"),
        ("crl-verify", "other certificates would be revoked"),
        ("config", "this server would behave otherwise"),
    ];

    private const int MaxFacts = 16;
    private const int MaxSize = 4096;

    /// <summary>Whether a key of the replica holds facts.</summary>
    public static bool IsKey(string key) => key == Key;

    /// <summary>As a value: a line each, option and fingerprint.</summary>
    public byte[] Encode() => Encoding.UTF8.GetBytes(string.Join('\n', Fingerprints.OrderBy(fact => fact.Key, StringComparer.Ordinal).Select(fact => $"{fact.Key} {fact.Value}")));

    /// <summary>Reads a value.</summary>
    /// <returns>Null where it is none of ours.</returns>
    public static SessionFacts? Decode(ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxSize) return null;
        var lines = Encoding.UTF8.GetString(value).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        return lines.Count <= MaxFacts && lines.All(words => words.Length == 2) && lines.DistinctBy(words => words[0]).Count() == lines.Count
            ? new SessionFacts(lines.ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal))
            : null;
    }

    /// <summary>What differs from the active's, one sentence each; empty where nothing does.</summary>
    /// <param name="active">The active's.</param>
    public IEnumerable<string> DifferFrom(SessionFacts active) =>
        from compared in Compared
        let here = Fingerprints.GetValueOrDefault(compared.Option, "none")
        let there = active.Fingerprints.GetValueOrDefault(compared.Option, "none")
        where here != there
        select $"{compared.Option} is {here} here and {there} on the active: {compared.Consequence}";
}
