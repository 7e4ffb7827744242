using System.Globalization;

namespace AkkaFailover.Core;

/// <summary>An Ethernet address: 48 bits, kept in the low bits of a number, first octet highest.</summary>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 6;

    /// <summary>All ones: every station.</summary>
    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    /// <summary>Reads six octets.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> octets)
    {
        ulong value = 0;
        foreach (var octet in octets[..Length]) value = (value << 8) | octet;
        return new MacAddress(value);
    }

    /// <summary>Writes six octets.</summary>
    public void Write(Span<byte> octets)
    {
        for (var i = 0; i < Length; i++) octets[i] = (byte)(Value >> (8 * (Length - 1 - i)));
    }

    /// <summary>Reads the form aa:bb:cc:dd:ee:ff.</summary>
    /// <returns>False where the text has another form.</returns>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        var parts = text?.Split(':');
        if (parts?.Length != Length) return false;
        ulong value = 0;
        foreach (var part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)) return false;
            value = (value << 8) | octet;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> octets = stackalloc byte[Length];
        Write(octets);
        return $"{octets[0]:x2}:{octets[1]:x2}:{octets[2]:x2}:{octets[3]:x2}:{octets[4]:x2}:{octets[5]:x2}";
    }
}
