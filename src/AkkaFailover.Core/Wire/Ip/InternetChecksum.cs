using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum of data whose checksum field is zero; 0 for data that includes its own right checksum.</summary>
    /// <param name="data">At most 64 KiB; an odd last octet counts as the high one of a word.</param>
    /// <param name="sum">A partial sum to go on from, of a pseudo header; see <see cref="Sum"/>.</param>
    public static ushort Of(ReadOnlySpan<byte> data, uint sum = 0)
    {
        sum = Sum(data, sum);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Adds data to a partial sum, neither folded nor complemented.</summary>
    public static uint Sum(ReadOnlySpan<byte> data, uint sum = 0)
    {
        while (data.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
        }
        return data.IsEmpty ? sum : sum + ((uint)data[0] << 8);
    }
}
