using System.Runtime.InteropServices;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>The kernel's news of removed addresses and interfaces.</summary>
internal sealed class AddressEvents : IDisposable
{
    private readonly SafeFileHandle _socket =
        RawSockets.OpenRoute(NetlinkFormat.GroupLink | NetlinkFormat.GroupIPv4Address | NetlinkFormat.GroupIPv6Address, out _);

    private readonly byte[] _datagram = new byte[16 * 1024];

    /// <summary>What to poll.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>Reads what has come.</summary>
    /// <returns>True where somebody else took one of the addresses or its interface away, or news were lost and it may be so.</returns>
    public bool Read(HeldAddresses held)
    {
        var disturbed = false;
        while (true)
        {
            var length = RawSockets.Receive(_socket, _datagram, wait: false);
            if (length < 0)
            {
                if (Errno.Last != Errno.NoBufferSpace) return disturbed;
                disturbed = true;
                continue;
            }
            var messages = new NetlinkMessages(_datagram.AsSpan(0, length));
            while (messages.Next()) disturbed |= messages.Port != held.Port && Disturbs(messages.Type, messages.Payload, held.Addresses);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool Disturbs(ushort type, ReadOnlySpan<byte> payload, ReadOnlySpan<KernelAddress> addresses)
    {
        foreach (var address in addresses)
        {
            var concerned = type switch
            {
                NetlinkFormat.DeleteAddress => AddressMessage.TryRead(payload, out var gone) && address.Matches(gone.Octets, gone.PrefixLength, gone.InterfaceIndex),
                NetlinkFormat.DeleteLink => payload.Length >= NetlinkFormat.LinkHeaderLength && MemoryMarshal.Read<int>(payload[4..]) == address.InterfaceIndex,
                _ => false,
            };
            if (concerned) return true;
        }
        return false;
    }
}
