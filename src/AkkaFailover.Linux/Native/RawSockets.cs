using System.Runtime.InteropServices;
using AkkaFailover.Core;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>Calls on sockets that .NET's own class does not open: netlink and packet sockets.</summary>
internal static partial class RawSockets
{
    private const int FamilyNetlink = 16;
    private const int FamilyPacket = 17;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int RouteProtocol = 0;
    private const int NetfilterProtocol = 12;
    private const int DontWait = 0x40;
    private const int LevelSocket = 1;
    private const int AttachFilter = 26;
    private const int LevelPacket = 263;
    private const int IgnoreOutgoing = 23;

    // ETH_P_ALL in network byte order.
    private const ushort EveryProtocol = 0x0300;

    /// <summary>A routing socket.</summary>
    /// <param name="groups">Bits of the multicast groups to hear; 0 for none.</param>
    /// <param name="port">The port the kernel gave it: the sender that its own changes are announced with.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static SafeFileHandle OpenRoute(uint groups, out uint port) => OpenNetlink(RouteProtocol, groups, out port);

    /// <summary>A socket for the packet filter. No child of this process gets it.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static SafeFileHandle OpenNetfilter() => OpenNetlink(NetfilterProtocol, groups: 0, out _);

    private static unsafe SafeFileHandle OpenNetlink(int protocol, uint groups, out uint port)
    {
        var socket = Descriptors.Own(Open(FamilyNetlink, TypeRaw | CloseOnExec, protocol), "socket(AF_NETLINK)");
        var address = new NetlinkAddress { Family = FamilyNetlink, Groups = groups };
        if (Bind(socket, &address, (uint)sizeof(NetlinkAddress)) != 0)
            throw new IOException($"bind(AF_NETLINK): {Errno.Describe(Errno.Last)}");
        var size = (uint)sizeof(NetlinkAddress);
        if (GetName(socket, &address, ref size) != 0)
            throw new IOException($"getsockname(AF_NETLINK): {Errno.Describe(Errno.Last)}");
        port = address.Port;
        return socket;
    }

    /// <summary>A packet socket that only sends: with protocol 0 the kernel brings it nothing.</summary>
    /// <exception cref="IOException">CAP_NET_RAW is missing.</exception>
    public static SafeFileHandle OpenSendOnly() =>
        Descriptors.Own(Open(FamilyPacket, TypeRaw | CloseOnExec | NonBlocking, 0), "socket(AF_PACKET), which needs CAP_NET_RAW");

    /// <summary>A packet socket that brings what a filter lets pass of one interface's incoming frames.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="filter">A classic BPF program; in force before the first frame can arrive.</param>
    /// <param name="mac">The interface's own station address.</param>
    /// <exception cref="IOException">CAP_NET_RAW is missing, or there is no such interface.</exception>
    public static unsafe SafeFileHandle OpenFiltered(string interfaceName, ReadOnlySpan<FilterStep> filter, out MacAddress mac)
    {
        var socket = OpenSendOnly();
        fixed (FilterStep* steps = filter)
        {
            var program = new FilterProgram { Length = (ushort)filter.Length, Steps = steps };
            Require(SetOption(socket, LevelSocket, AttachFilter, &program, (uint)sizeof(FilterProgram)), interfaceName);
        }
        ReceiveOnly((int)socket.DangerousGetHandle(), interfaceName);
        var address = new PacketAddress { Family = FamilyPacket, Protocol = EveryProtocol, Index = IndexOf(interfaceName) };
        // Index 0 would mean all interfaces.
        if (address.Index == 0) throw new IOException($"there is no interface {interfaceName}");
        var size = (uint)sizeof(PacketAddress);
        Require(Bind(socket, &address, size), interfaceName);
        Require(GetName(socket, &address, ref size), interfaceName);
        mac = MacAddress.Read(new ReadOnlySpan<byte>(address.Address, MacAddress.Length));
        return socket;
    }

    /// <summary>
    /// Leaves out the frames that this host sends. libpcap does so too (pcap_setdirection, the filter word "inbound"), but only after
    /// it woke its reader: for each answer of this host to ARP.
    /// </summary>
    /// <exception cref="IOException">The kernel is older than 4.20.</exception>
    public static unsafe void ReceiveOnly(int packetSocket, string interfaceName)
    {
        var on = 1;
        using var socket = new SafeFileHandle(packetSocket, ownsHandle: false);
        Require(SetOption(socket, LevelPacket, IgnoreOutgoing, &on, sizeof(int)), interfaceName);
    }

    /// <summary>Sends a whole Ethernet frame through an interface.</summary>
    public static unsafe bool SendFrame(SafeHandle socket, int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        var address = new PacketAddress { Family = FamilyPacket, Index = interfaceIndex };
        fixed (byte* first = frame)
            return SendTo(socket, first, (nuint)frame.Length, DontWait, &address, (uint)sizeof(PacketAddress)) == frame.Length;
    }

    /// <summary>Sends one datagram.</summary>
    public static unsafe bool Send(SafeHandle socket, ReadOnlySpan<byte> datagram)
    {
        fixed (byte* first = datagram) return SendTo(socket, first, (nuint)datagram.Length, 0, null, 0) == datagram.Length;
    }

    /// <summary>Receives one datagram.</summary>
    /// <returns>Its length, negative on failure (<see cref="Errno.Last"/>).</returns>
    public static unsafe int Receive(SafeHandle socket, Span<byte> buffer, bool wait)
    {
        fixed (byte* first = buffer) return (int)Receive(socket, first, (nuint)buffer.Length, wait ? 0 : DontWait);
    }

    private static void Require(int result, string interfaceName)
    {
        if (result != 0) throw new IOException($"a packet socket on {interfaceName}: {Errno.Describe(Errno.Last)}");
    }

    /// <summary>The index of an interface; 0 where there is none of that name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int IndexOf(string interfaceName);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(SafeHandle socket, void* address, uint size);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(SafeHandle socket, int level, int option, void* value, uint size);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static unsafe partial int GetName(SafeHandle socket, void* address, ref uint size);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static unsafe partial nint SendTo(SafeHandle socket, byte* bytes, nuint count, int flags, void* address, uint size);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeHandle socket, byte* bytes, nuint count, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct PacketAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort Hardware;
        public byte PacketType;
        public byte AddressLength;
        public fixed byte Address[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public FilterStep* Steps;
    }
}

/// <summary>One step of a classic BPF program (linux/filter.h).</summary>
/// <param name="Code">What to do.</param>
/// <param name="IfTrue">Steps to skip where a comparison holds.</param>
/// <param name="IfFalse">Steps to skip where it does not.</param>
/// <param name="Value">Offset, operand or result.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterStep(ushort Code, byte IfTrue, byte IfFalse, uint Value)
{
    /// <summary>Loads two octets.</summary>
    public static FilterStep LoadHalf(uint offset) => new(0x28, 0, 0, offset);

    /// <summary>Loads four octets.</summary>
    public static FilterStep LoadWord(uint offset) => new(0x20, 0, 0, offset);

    /// <summary>Loads an octet.</summary>
    public static FilterStep LoadByte(uint offset) => new(0x30, 0, 0, offset);

    /// <summary>Compares, and skips steps.</summary>
    public static FilterStep JumpIfEqual(uint value, byte ifTrue, byte ifFalse) => new(0x15, ifTrue, ifFalse, value);

    /// <summary>Ends with so many octets of the frame.</summary>
    public static FilterStep Return(uint octets) => new(0x06, 0, 0, octets);
}
