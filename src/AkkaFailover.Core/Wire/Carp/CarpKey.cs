using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// What the nodes of a group share: it signs and verifies the counters of adverts. Digest = HMAC-SHA1 over
/// version (1 octet, 2), type (1, 1), vhid (1), address (4), counter (8); the key is the passphrase, zero-filled to 20 octets.
/// Not covered: advbase, advskew, source; the verifier protects those. Safe to use from several threads, without allocation.
/// </summary>
public sealed class CarpKey
{
    /// <summary>The longest passphrase, in octets; ucarp takes one less.</summary>
    public const int MaxPassphrase = 20;

    private const int MessageLength = 15;
    private const int PrefixLength = 7;

    private readonly byte[] _key = new byte[MaxPassphrase];
    private readonly byte[] _prefix = new byte[PrefixLength];
    private readonly IncrementalHash _prepared;

    /// <summary>The key of one group.</summary>
    /// <param name="passphrase">1 to <see cref="MaxPassphrase"/> octets.</param>
    /// <param name="vhid">The group's number.</param>
    /// <param name="addresses">The group's virtual addresses, at least one; see <see cref="AddressOf"/>.</param>
    /// <exception cref="ArgumentException">The passphrase is empty or too long.</exception>
    public CarpKey(Secret passphrase, byte vhid, IEnumerable<IPAddress> addresses)
    {
        if (passphrase.Bytes.Length is 0 or > MaxPassphrase)
            throw new ArgumentException($"the passphrase has 1 to {MaxPassphrase} octets", nameof(passphrase));
        passphrase.Bytes.CopyTo(_key);
        _prepared = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, _key);
        _prefix[0] = CarpAdvert.Version;
        _prefix[1] = CarpAdvert.Type;
        _prefix[2] = vhid;
        AddressOf(addresses).Write(_prefix.AsSpan(3));
    }

    /// <summary>
    /// The four octets that stand for the addresses in the digest. A single IPv4 address stands for itself, as in ucarp. Any other
    /// list is represented by the first four octets of a SHA-256 over its addresses (family 4 or 6 as one octet, then the octets),
    /// in ascending order, each once: the order of the configuration does not matter, but any difference does.
    /// </summary>
    public static Ipv4Address AddressOf(IEnumerable<IPAddress> addresses)
    {
        var canonical = addresses.Select(Canonical).DistinctBy(Convert.ToHexString).OrderBy(Convert.ToHexString, StringComparer.Ordinal).ToList();
        if (canonical is [{ Length: 1 + Ipv4Address.Length } only]) return Ipv4Address.Read(only.AsSpan(1));
        return Ipv4Address.Read(SHA256.HashData(canonical.SelectMany(octets => octets).ToArray()));
    }

    /// <summary>The digest of a counter.</summary>
    public CarpDigest Sign(CarpCounter counter)
    {
        Span<byte> digest = stackalloc byte[CarpDigest.Length];
        Span<byte> message = stackalloc byte[MessageLength];
        Compose(counter, message);
        // The thread that sends adverts waits for no lock.
#pragma warning disable CA5350 // SHA-1 is CARP's; HMAC does not rest on its broken collision resistance.
        HMACSHA1.HashData(_key, message, digest);
#pragma warning restore CA5350
        return CarpDigest.Read(digest);
    }

    /// <summary>Whether a digest is the one of a counter; takes the same time for every wrong one.</summary>
    public bool Verify(CarpCounter counter, in CarpDigest digest)
    {
        Span<byte> expected = stackalloc byte[CarpDigest.Length];
        Span<byte> received = stackalloc byte[CarpDigest.Length];
        Span<byte> message = stackalloc byte[MessageLength];
        Compose(counter, message);
        // Whoever floods the LAN decides how often this happens: with the key prepared it takes less than half the time.
        lock (_prepared)
        {
            _prepared.AppendData(message);
            _prepared.GetHashAndReset(expected);
        }
        digest.Write(received);
        return CryptographicOperations.FixedTimeEquals(expected, received);
    }

    private void Compose(CarpCounter counter, Span<byte> message)
    {
        _prefix.CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[PrefixLength..], counter.Value);
    }

    private static byte[] Canonical(IPAddress address)
    {
        var octets = address.GetAddressBytes();
        return [(byte)(octets.Length == Ipv4Address.Length ? 4 : 6), .. octets];
    }
}
