using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// A CARP version 2 advertisement, as ucarp and OpenBSD speak it (FORMATS 1.2): 36 octets.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// | 2     | 1     | vhid          | advskew       | authlen 7     |
/// | reserved 0    | advbase       | checksum                      |
/// | counter, 8 octets                                             |
/// |                                                               |
/// | digest, 20 octets                                             |
/// </code>
/// authlen counts the 32-bit words of counter and digest. The reserved octet (OpenBSD: demotion) is not looked at.
/// </summary>
/// <param name="Vhid">The group's number.</param>
/// <param name="AdvBase">Whole seconds of the sender's interval.</param>
/// <param name="AdvSkew">1/256 s of the sender's interval.</param>
/// <param name="Counter">Covered by the digest; nothing else here but <paramref name="Vhid"/> is.</param>
/// <param name="Digest">See <see cref="CarpKey"/>.</param>
public readonly record struct CarpAdvert(byte Vhid, byte AdvBase, byte AdvSkew, CarpCounter Counter, CarpDigest Digest)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 36;

    /// <summary>The protocol's version.</summary>
    public const byte Version = 2;

    /// <summary>Advertisement, the only type.</summary>
    public const byte Type = 1;

    /// <summary>advbase and advskew of a release: slower than any deadline, so ucarp takes over at once.</summary>
    public const byte ReleasePace = 255;

    private const byte AuthLength = 7;

    /// <summary>The sender says it is slower than any deadline.</summary>
    public bool IsReleasePace => AdvBase == ReleasePace && AdvSkew == ReleasePace;

    /// <summary>Writes <see cref="Length"/> octets with the right checksum.</summary>
    public void Write(Span<byte> octets)
    {
        octets[0] = (Version << 4) | Type;
        octets[1] = Vhid;
        octets[2] = AdvSkew;
        octets[3] = AuthLength;
        octets[4] = 0;
        octets[5] = AdvBase;
        octets[6..8].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Counter.Value);
        Digest.Write(octets[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[6..], InternetChecksum.Of(octets[..Length]));
    }

    /// <summary>Reads an advertisement; the digest is not verified here.</summary>
    /// <returns><see cref="WireRefusal.None"/> where the form is good.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out CarpAdvert advert)
    {
        advert = default;
        if (octets.Length < Length) return WireRefusal.TooShort;
        if (octets[0] >> 4 != Version) return WireRefusal.CarpVersion;
        if ((octets[0] & 0xF) != Type) return WireRefusal.CarpType;
        if (octets[3] != AuthLength) return WireRefusal.CarpAuthLength;
        if (InternetChecksum.Of(octets[..Length]) != 0) return WireRefusal.CarpChecksum;
        advert = new CarpAdvert(
            octets[1], octets[5], octets[2], CarpCounter.FromWire(BinaryPrimitives.ReadUInt64BigEndian(octets[8..])), CarpDigest.Read(octets[16..]));
        return WireRefusal.None;
    }
}
