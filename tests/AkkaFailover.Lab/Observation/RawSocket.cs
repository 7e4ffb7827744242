using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Observation;

/// <summary>A socket of a kind that the BCL does not offer, opened inside a host.</summary>
internal sealed unsafe class RawSocket : IDisposable
{
    private const int ReceiveBufferBytes = 4 << 20, SmallestBuffer = 0;
    private const int ProtocolIcmp = 1, NetlinkRoute = 0;
    private const ushort EtherTypeIPv4 = Frames.EtherTypeIPv4;
    private const byte ProtocolCarp = 112;
    private const uint GroupIPv4Addresses = 0x10;

    /// <summary>Stands for all of them.</summary>
    public const ushort EveryEtherType = 3;

    private RawSocket(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; }

    /// <summary>Whole Ethernet frames of one EtherType on the host's main interface.</summary>
    public static RawSocket Packet(LabHost host, ushort etherType) => Open(host, Posix.FamilyPacket, 0, ReceiveBufferBytes, fd =>
    {
        Span<byte> address = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Posix.FamilyPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], etherType);
        BinaryPrimitives.WriteInt32LittleEndian(address[4..], Posix.InterfaceIndex(host.Plan.Cables[0].Interface));
        Bind(fd, address);
    });

    /// <summary>Whole Ethernet frames out of the host's main interface; nothing is received.</summary>
    public static RawSocket FrameSender(LabHost host) => Open(host, Posix.FamilyPacket, 0, SmallestBuffer, fd =>
    {
        Span<byte> address = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Posix.FamilyPacket);
        BinaryPrimitives.WriteInt32LittleEndian(address[4..], Posix.InterfaceIndex(host.Plan.Cables[0].Interface));
        Bind(fd, address);
    });

    /// <summary>CARP adverts as they come out of a host into its port of the switch, whatever others send in its name elsewhere.</summary>
    public static RawSocket AdvertsOf(LabHost host, LabSwitch wiring) => Open(wiring.Namespace, Posix.FamilyPacket, 0, ReceiveBufferBytes, fd =>
    {
        // Classic BPF: IPv4, protocol 112, else nothing.
        ulong[] steps = [Step(0x28, 0, 0, 12), Step(0x15, 0, 3, EtherTypeIPv4), Step(0x30, 0, 0, 23), Step(0x15, 0, 1, ProtocolCarp), Step(0x06, 0, 0, 0xffff), Step(0x06, 0, 0, 0)];
        fixed (ulong* first = steps)
        {
            var program = new Posix.FilterProgram { Length = (ushort)steps.Length, Steps = first };
            Posix.Check(Posix.SetFilter(fd, Posix.SolSocket, Posix.AttachFilter, &program, sizeof(Posix.FilterProgram)), "set a socket's filter");
        }
        var on = 1;
        Posix.Check(Posix.setsockopt(fd, Posix.SolPacket, Posix.IgnoreOutgoing, &on, sizeof(int)), "leave out what a port sends");
        Span<byte> address = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Posix.FamilyPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], EveryEtherType);
        BinaryPrimitives.WriteInt32LittleEndian(address[4..], Posix.InterfaceIndex(LabSwitch.Port(host.Plan.Cables[0], host.Name)));
        Bind(fd, address);
    });

    /// <summary>ICMP messages to one address, through the host's own routes and neighbour cache; answers are read elsewhere.</summary>
    public static RawSocket Icmp(LabHost host, IPAddress destination) => Open(host, Posix.FamilyInet, ProtocolIcmp, SmallestBuffer, fd =>
    {
        Span<byte> address = stackalloc byte[16];
        Write(address, destination);
        fixed (byte* start = address) Posix.Check(Posix.connect(fd, start, address.Length), "connect an ICMP socket");
    });

    /// <summary>
    /// ICMP messages to any address and from any. It is bound to nothing, so that each message takes the route, and with it the source
    /// address, that the host has at that moment.
    /// </summary>
    public static RawSocket Icmp(LabHost host) => Open(host, Posix.FamilyInet, ProtocolIcmp, ReceiveBufferBytes, _ => { });

    /// <summary>Changes of the IPv4 addresses of the host.</summary>
    public static RawSocket AddressEvents(LabHost host) => Open(host, Posix.FamilyNetlink, NetlinkRoute, ReceiveBufferBytes, fd =>
    {
        Span<byte> address = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Posix.FamilyNetlink);
        BinaryPrimitives.WriteUInt32LittleEndian(address[8..], GroupIPv4Addresses);
        Bind(fd, address);
    });

    /// <summary>Sends; a send that fails (no route, no carrier, no neighbour) is a lost probe, not an error.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return Posix.send(Descriptor, start, bytes.Length, Posix.DontWait) == bytes.Length;
    }

    /// <inheritdoc cref="TrySend(ReadOnlySpan{byte})"/>
    public bool TrySendTo(IPAddress destination, ReadOnlySpan<byte> bytes)
    {
        Span<byte> address = stackalloc byte[16];
        Write(address, destination);
        fixed (byte* start = bytes, to = address) return Posix.sendto(Descriptor, start, bytes.Length, Posix.DontWait, to, address.Length) == bytes.Length;
    }

    /// <summary>Takes one waiting message.</summary>
    /// <returns>Its length, or -1 where none waits.</returns>
    /// <exception cref="LabException">Messages were lost: the observation would not be whole.</exception>
    public int Receive(Span<byte> buffer)
    {
        nint length;
        fixed (byte* start = buffer) length = Posix.recv(Descriptor, start, buffer.Length, Posix.DontWait);
        if (length < 0 && Marshal.GetLastPInvokeError() == Posix.ErrorNoBuffers) throw Posix.LastError("an observation socket overflowed");
        return (int)length;
    }

    public void Dispose() => _ = Posix.close(Descriptor);

    private static RawSocket Open(LabHost host, int family, int protocol, int bufferBytes, Action<int> prepare) => Open(host.Namespace, family, protocol, bufferBytes, prepare);

    private static RawSocket Open(string ns, int family, int protocol, int bufferBytes, Action<int> prepare) => NetworkNamespace.Run(ns, () =>
    {
        var fd = Posix.Check(Posix.socket(family, Posix.SocketRaw, protocol), "open a raw socket");
        SetReceiveBuffer(fd, bufferBytes);
        prepare(fd);
        return new RawSocket(fd);
    });

    private static ulong Step(ushort code, byte ifTrue, byte ifFalse, uint value) => code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)value << 32);

    private static void SetReceiveBuffer(int fd, int bytes) =>
        Posix.Check(Posix.setsockopt(fd, Posix.SolSocket, Posix.ReceiveBufferForce, &bytes, sizeof(int)), "size a socket's buffer");

    private static void Write(Span<byte> socketAddress, IPAddress address)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(socketAddress, Posix.FamilyInet);
        address.TryWriteBytes(socketAddress[4..], out _);
    }

    private static void Bind(int fd, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address) Posix.Check(Posix.bind(fd, start, address.Length), "bind a raw socket");
    }
}
