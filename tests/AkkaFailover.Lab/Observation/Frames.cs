using System.Buffers.Binary;
using System.Net;

namespace AkkaFailover.Lab.Observation;

/// <summary>
/// The few frames of the observer. They are not the product's own codecs on purpose: what is measured must not depend on
/// what is being tested.
/// </summary>
internal static class Frames
{
    public const ushort EtherTypeArp = 0x0806, EtherTypeIPv4 = 0x0800;
    private const int EthernetLength = 14, ArpLength = 28, EchoLength = 16;
    private const byte EchoRequest = 8, EchoReply = 0, ProtocolIcmp = 1, ProtocolHeartbeat = 112;
    private const ushort ArpRequest = 1, ArpReply = 2, NewAddress = 20, DeleteAddress = 21;
    private const ushort Identifier = 0x4c41;
    private const int ArpSender = EthernetLength + 8, ArpTarget = EthernetLength + 18;

    // Locally administered, so no card has it: two octets that say "the observer's", four for the number.
    private const ushort NumberedStation = 0x024c;

    /// <summary>A broadcast ARP request for an address.</summary>
    public static byte[] AskFor(IPAddress wanted, MacAddress sender, IPAddress senderAddress)
    {
        var frame = new byte[EthernetLength + ArpLength];
        MacAddress.Broadcast.Write(frame);
        sender.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherTypeArp);
        var arp = frame.AsSpan(EthernetLength);
        BinaryPrimitives.WriteUInt16BigEndian(arp, 1);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], EtherTypeIPv4);
        arp[4] = MacAddress.Length;
        arp[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], ArpRequest);
        sender.Write(arp[8..]);
        senderAddress.TryWriteBytes(arp[14..], out _);
        wanted.TryWriteBytes(arp[24..], out _);
        return frame;
    }

    /// <summary>Numbers an ARP request: it asks for a station of its own, to which each reply is then addressed (RFC 826).</summary>
    public static void Number(Span<byte> request, uint question)
    {
        BinaryPrimitives.WriteUInt16BigEndian(request[ArpSender..], NumberedStation);
        BinaryPrimitives.WriteUInt32BigEndian(request[(ArpSender + 2)..], question);
    }

    /// <summary>Whether a frame is the reply to a numbered ARP request for an address; its sender stands in the payload.</summary>
    public static bool IsArpReply(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> wanted, out MacAddress from, out uint question)
    {
        (from, question) = (default, 0);
        if (frame.Length < EthernetLength + ArpLength) return false;
        var arp = frame[EthernetLength..];
        if (BinaryPrimitives.ReadUInt16BigEndian(arp[6..]) != ArpReply || !arp.Slice(14, 4).SequenceEqual(wanted)) return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[ArpTarget..]) != NumberedStation) return false;
        from = MacAddress.Read(arp[8..]);
        question = BinaryPrimitives.ReadUInt32BigEndian(frame[(ArpTarget + 2)..]);
        return true;
    }

    /// <summary>An ICMP echo request.</summary>
    public static byte[] Echo(ushort identifier = Identifier)
    {
        var message = new byte[EchoLength];
        message[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    /// <summary>Whether a frame is an echo reply of an address to the observer; its sender is the frame's source.</summary>
    public static bool IsEchoReply(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> address, out MacAddress from)
    {
        from = default;
        if (frame.Length < EthernetLength || !IsEchoReply(frame[EthernetLength..], address, Identifier)) return false;
        from = MacAddress.Read(frame[6..]);
        return true;
    }

    /// <summary>Whether an IPv4 packet is an echo reply of an address to a request with an identifier.</summary>
    public static bool IsEchoReply(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> address, ushort identifier)
    {
        if (packet.Length < 20) return false;
        var header = (packet[0] & 0xf) * 4;
        if (packet[9] != ProtocolIcmp || packet.Length < header + EchoLength || !packet.Slice(12, 4).SequenceEqual(address)) return false;
        return packet[header] == EchoReply && BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 4)..]) == identifier;
    }

    /// <summary>Whether a frame is an advert of CARP or VRRP, which share an IP protocol, and of which host.</summary>
    public static bool IsHeartbeat(ReadOnlySpan<byte> frame, out IPAddress from)
    {
        from = IPAddress.Any;
        if (frame.Length < EthernetLength + 20 || frame[EthernetLength + 9] != ProtocolHeartbeat) return false;
        from = new IPAddress(frame.Slice(EthernetLength + 12, 4));
        return true;
    }

    /// <summary>The changes of one IPv4 address in a batch of rtnetlink messages: true for added or renewed, false for removed.</summary>
    public static List<bool> ChangesOf(ReadOnlySpan<byte> messages, ReadOnlySpan<byte> address)
    {
        const int header = 16, addressMessage = 8;
        var changes = new List<bool>();
        while (messages.Length >= header)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            if (length < header || length > messages.Length) break;
            var type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
            if (type is NewAddress or DeleteAddress && length >= header + addressMessage
                && HasLocalAddress(messages[(header + addressMessage)..length], address)) changes.Add(type == NewAddress);
            messages = messages[Math.Min(messages.Length, Align(length))..];
        }
        return changes;
    }

    private static bool HasLocalAddress(ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> address)
    {
        const int attributeHeader = 4;
        const ushort local = 2;
        while (attributes.Length >= attributeHeader)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < attributeHeader || length > attributes.Length) return false;
            if (BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) == local) return attributes[attributeHeader..length].SequenceEqual(address);
            attributes = attributes[Math.Min(attributes.Length, Align(length))..];
        }
        return false;
    }

    private static int Align(int length) => (length + 3) & ~3;

    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        uint sum = 0;
        for (var i = 0; i < message.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
