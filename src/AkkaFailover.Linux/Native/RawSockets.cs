using System.Runtime.InteropServices;
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
    private const int DontWait = 0x40;

    /// <summary>A routing socket.</summary>
    /// <param name="groups">Bits of the multicast groups to hear; 0 for none.</param>
    /// <param name="port">The port the kernel gave it: the sender that its own changes are announced with.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static unsafe SafeFileHandle OpenRoute(uint groups, out uint port)
    {
        var socket = Descriptors.Own(Open(FamilyNetlink, TypeRaw | CloseOnExec, RouteProtocol), "socket(AF_NETLINK)");
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

    /// <summary>The index of an interface; 0 where there is none of that name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int IndexOf(string interfaceName);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(SafeHandle socket, void* address, uint size);

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
}
