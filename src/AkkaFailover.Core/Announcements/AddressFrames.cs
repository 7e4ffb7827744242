using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Core.Announcements;

/// <summary>The frames that announce an address, ask who else has it, and answer that.</summary>
public static class AddressFrames
{
    /// <summary>Tells everybody that a station has the address: for IPv4 in all three forms, as hosts and routers differ in which they heed.</summary>
    public static IReadOnlyList<byte[]> Announcements(IPAddress address, MacAddress mac)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return [Write(NeighbourFrame.Announcement(mac, address, isRouter: false))];
        var ipv4 = Ipv4Address.From(address);
        return
        [
            Write(ArpFrame.Announcement(mac, ipv4)),
            Write(ArpFrame.AnnouncementToAll(mac, ipv4)),
            Write(ArpFrame.AnnouncementAsReply(mac, ipv4)),
        ];
    }

    /// <summary>Asks all stations for the address without changing anybody's cache.</summary>
    public static byte[] Probe(IPAddress address, MacAddress mac) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Write(NeighbourFrame.Solicitation(to: null, mac, IPAddress.IPv6Any, address))
        : Write(ArpFrame.Request(MacAddress.Broadcast, mac, Ipv4Address.None, Ipv4Address.From(address)));

    /// <summary>Whether a frame goes to everybody (or to a group) rather than to one station.</summary>
    public static bool IsToAll(ReadOnlySpan<byte> frame) => (frame[0] & 1) != 0;

    /// <summary>Reads a frame by which a station says that it has an address.</summary>
    /// <returns>False where the frame says nothing like it.</returns>
    public static bool TryReadHolder(ReadOnlySpan<byte> frame, out IPAddress address, out MacAddress station)
    {
        (address, station) = (IPAddress.None, default);
        if (ArpFrame.TryRead(frame, out var arp) == WireRefusal.None)
        {
            if (arp.SenderAddress == Ipv4Address.None) return false;
            (address, station) = (arp.SenderAddress.ToIPAddress(), arp.SenderMac);
            return true;
        }
        if (NeighbourFrame.TryRead(frame, out var ndp) != WireRefusal.None || ndp.Message != NeighbourMessage.Advertisement) return false;
        (address, station) = (ndp.Target, ndp.Station ?? ndp.SourceMac);
        return true;
    }

    private static byte[] Write(in ArpFrame frame)
    {
        var octets = new byte[ArpFrame.Length];
        frame.Write(octets);
        return octets;
    }

    private static byte[] Write(in NeighbourFrame frame)
    {
        var octets = new byte[frame.Length];
        frame.Write(octets);
        return octets;
    }
}
