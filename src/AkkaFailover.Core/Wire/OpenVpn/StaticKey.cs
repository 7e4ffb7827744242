using System.Globalization;

namespace AkkaFailover.Core.Wire.OpenVpn;

/// <summary>
/// The static key of <c>tls-crypt</c>: 256 bytes, as <c>openvpn --genkey tls-crypt</c> writes them (hexadecimal between two marker
/// lines). For what the server sends: cipher key = bytes 0–31, HMAC key = bytes 64–95.
/// </summary>
public sealed class StaticKey
{
    /// <summary>Bytes of the key.</summary>
    public const int Length = 256;

    /// <summary>A file that holds one is not larger.</summary>
    public const int MaxFileSize = 16 * 1024;

    private const string Begin = "-----BEGIN OpenVPN Static key V1-----";
    private const string End = "-----END OpenVPN Static key V1-----";
    private const int KeySize = 32;

    private readonly byte[] _bytes;

    private StaticKey(byte[] bytes) => _bytes = bytes;

    /// <summary>AES-256 key of what the server sends.</summary>
    public ReadOnlySpan<byte> ServerCipherKey => _bytes.AsSpan(0, KeySize);

    /// <summary>HMAC-SHA256 key of what the server sends.</summary>
    public ReadOnlySpan<byte> ServerHmacKey => _bytes.AsSpan(64, KeySize);

    /// <summary>Reads the text of a key file or of an inline block.</summary>
    /// <returns>Null where it is not exactly one key.</returns>
    public static StaticKey? Parse(string text)
    {
        if (text.Length > MaxFileSize) return null;
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0) return null;
        // After the whole first marker: both could share its dashes.
        var key = text[(begin + Begin.Length)..];
        var end = key.IndexOf(End, StringComparison.Ordinal);
        if (end < 0) return null;
        var digits = string.Concat(key[..end].Where(c => !char.IsWhiteSpace(c)));
        return digits.Length == 2 * Length && digits.All(char.IsAsciiHexDigit) ? new StaticKey(Convert.FromHexString(digits)) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"static key of {Length} bytes");
}
