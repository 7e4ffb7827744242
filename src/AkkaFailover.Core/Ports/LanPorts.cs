using System.Net;

namespace AkkaFailover.Core.Ports;

/// <summary>The interfaces of the host this node runs on.</summary>
public interface ILanHost
{
    /// <summary>Opens an interface for whole frames; it stays open over down, up, deletion and re-creation until it is disposed.</summary>
    /// <param name="request">What to open, and what to hear there.</param>
    /// <exception cref="LanUnavailableException">No such interface, not permitted, or libpcap is missing.</exception>
    ILanPort Open(LanRequest request);

    /// <summary>Makes a sender of adverts on an open interface, silent until it is started.</summary>
    IAdvertSender CreateSender(ILanPort port, IAdvertWriter adverts, AdvertSenderOptions options);

    /// <summary>The interface's IPv4 addresses in the kernel's order; empty where it has none, or is not there.</summary>
    IReadOnlyList<IPAddress> Addresses(string interfaceName);

    /// <summary>Hosts on the interface's LAN that the kernel has talked with lately, at most <paramref name="limit"/>.</summary>
    IReadOnlyList<LanStation> Neighbours(string interfaceName, int limit);

    /// <summary>Next hops of the interface's default routes (IPv4); empty where it has none.</summary>
    IReadOnlyList<IPAddress> Gateways(string interfaceName);
}

/// <summary>What is to be heard on an interface.</summary>
/// <param name="Interface">The interface's name.</param>
/// <param name="Filter">Received frames that count, in the language of pcap-filter(7); own frames never count.</param>
/// <param name="Groups">IPv4 multicast groups to join, so that NICs and switches deliver them without promiscuous mode.</param>
/// <param name="Handler">Takes received frames, on the port's own thread.</param>
public sealed record LanRequest(string Interface, string Filter, IReadOnlyList<IPAddress> Groups, FrameHandler Handler);

/// <summary>A host on the LAN.</summary>
public readonly record struct LanStation(IPAddress Address, MacAddress Mac);

/// <summary>An interface cannot be used; the message says what, where, and what to do.</summary>
public sealed class LanUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
