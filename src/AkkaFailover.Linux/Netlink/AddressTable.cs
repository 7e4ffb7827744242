using System.Runtime.InteropServices;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Netlink;

/// <summary>Adds, renews, removes and lists addresses through rtnetlink. One thread at a time.</summary>
public sealed class AddressTable : IDisposable
{
    // A datagram of a dump holds at most 32 KiB (net/netlink/af_netlink.c, netlink_dump).
    private const int LargestDatagram = 32 * 1024;
    private const int LargestRequest = 128;
    private const int ListAttempts = 10;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _answer = new byte[LargestDatagram];
    private uint _sequence;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="IOException">The kernel refused it.</exception>
    public AddressTable()
    {
        _socket = RawSockets.OpenRoute(groups: 0, out var port);
        Port = port;
    }

    /// <summary>Its netlink port: events of changes made here carry it.</summary>
    internal uint Port { get; }

    /// <summary>Adds an address, or renews it where it is there. The kernel removes it when its lifetime has run out.</summary>
    /// <param name="address">The address; IPv6 skips duplicate address detection, which would keep it unusable for a second.</param>
    /// <param name="lifetimeSeconds">1 or more.</param>
    /// <returns>0, or the error number.</returns>
    public int Put(KernelAddress address, uint lifetimeSeconds)
    {
        Span<byte> buffer = stackalloc byte[LargestRequest];
        var flags = NetlinkFormat.FlagRequest | NetlinkFormat.FlagAcknowledge | NetlinkFormat.FlagCreate | NetlinkFormat.FlagReplace;
        var request = Begin(buffer, NetlinkFormat.NewAddress, (ushort)flags, address);
        // struct ifa_cacheinfo: preferred, valid, created, updated.
        Span<uint> lifetime = [lifetimeSeconds, lifetimeSeconds, 0, 0];
        request.Add(NetlinkFormat.AttributeCacheInfo, MemoryMarshal.AsBytes(lifetime));
        if (address.Octets.Length == 16)
        {
            Span<uint> noDad = [NetlinkFormat.AddressFlagNoDad];
            request.Add(NetlinkFormat.AttributeAddressFlags, MemoryMarshal.AsBytes(noDad));
        }
        return Ask(request.Finish());
    }

    /// <summary>Removes an address.</summary>
    /// <returns>0 where it is not there any more (also where it was not there, or its interface was not), or the error number.</returns>
    public int Remove(KernelAddress address)
    {
        Span<byte> buffer = stackalloc byte[LargestRequest];
        var request = Begin(buffer, NetlinkFormat.DeleteAddress, NetlinkFormat.FlagRequest | NetlinkFormat.FlagAcknowledge, address);
        var errno = Ask(request.Finish());
        return errno is Errno.AddressNotAvailable or Errno.NoSuchDevice ? Errno.None : errno;
    }

    /// <summary>Lists all addresses of the host.</summary>
    /// <exception cref="IOException">The kernel did not answer, or the table never stood still.</exception>
    public IReadOnlyList<KernelAddress> List()
    {
        for (var attempt = 0; attempt < ListAttempts; attempt++)
        {
            var addresses = new List<KernelAddress>();
            if (TryList(addresses)) return addresses;
        }
        throw new IOException($"listing the host's addresses: they changed {ListAttempts} times meanwhile");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private NetlinkRequest Begin(Span<byte> buffer, ushort type, ushort flags, KernelAddress address)
    {
        var request = new NetlinkRequest(buffer, type, flags, ++_sequence);
        request.AddAddressHeader(address.Family, (byte)address.PrefixLength, address.InterfaceIndex);
        request.Add(NetlinkFormat.AttributeLocal, address.Octets);
        request.Add(NetlinkFormat.AttributeAddress, address.Octets);
        return request;
    }

    private int Ask(ReadOnlySpan<byte> request)
    {
        if (!RawSockets.Send(_socket, request)) return Errno.Last;
        while (true)
        {
            var length = RawSockets.Receive(_socket, _answer, wait: true);
            if (length < 0)
            {
                if (Errno.Last == Errno.Interrupted) continue;
                return Errno.Last;
            }
            var messages = new NetlinkMessages(_answer.AsSpan(0, length));
            while (messages.Next())
            {
                if (messages.Type == NetlinkFormat.MessageError && messages.Sequence == _sequence && messages.Payload.Length >= 4)
                    return -MemoryMarshal.Read<int>(messages.Payload);
            }
        }
    }

    // False where the table changed under the dump and it has to be asked for again.
    private bool TryList(List<KernelAddress> addresses)
    {
        Span<byte> buffer = stackalloc byte[LargestRequest];
        var request = new NetlinkRequest(buffer, NetlinkFormat.GetAddress, NetlinkFormat.FlagRequest | NetlinkFormat.FlagDump, ++_sequence);
        request.AddAddressHeader(family: 0, prefixLength: 0, interfaceIndex: 0);
        if (!RawSockets.Send(_socket, request.Finish())) throw Failed();
        var consistent = true;
        while (true)
        {
            var length = RawSockets.Receive(_socket, _answer, wait: true);
            if (length < 0 && Errno.Last == Errno.Interrupted) continue;
            if (length < 0) throw Failed();
            var messages = new NetlinkMessages(_answer.AsSpan(0, length));
            while (messages.Next())
            {
                if (messages.Sequence != _sequence) continue;
                consistent &= (messages.Flags & NetlinkFormat.FlagDumpInterrupted) == 0;
                if (messages.Type == NetlinkFormat.MessageError) throw new IOException("the kernel refused to list its addresses (RTM_GETADDR)");
                if (messages.Type == NetlinkFormat.MessageDone) return consistent;
                if (messages.Type == NetlinkFormat.NewAddress && KernelAddress.TryRead(messages.Payload, out var address)) addresses.Add(address!);
            }
        }
    }

    private static IOException Failed() => new($"listing the host's addresses: {Errno.Describe(Errno.Last)}");
}
