using System.Net;

namespace AkkaFailover.Core.Ports;

/// <summary>Sends UDP datagrams from an address and port that another program of this host has bound; IPv4 only.</summary>
public interface IDatagramSender : IDisposable
{
    /// <summary>Sends one datagram; any thread, never blocks.</summary>
    /// <returns>Null, or why it did not leave.</returns>
    string? Send(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload);
}

/// <summary>Opens the sender.</summary>
/// <exception cref="IOException">CAP_NET_RAW is missing.</exception>
public delegate IDatagramSender DatagramSenderOpener();

/// <summary>
/// Opens what keeps the answers of hosts and routers to a UDP server's undeliverable datagrams from the server's socket, where they would fail
/// the next call, whomever that is for; "fragmentation needed" passes. Until it is disposed, or this process ends, however that comes about.
/// </summary>
/// <param name="name">One at a time has it.</param>
/// <param name="servers">Addresses and ports of the server; IPv4 only.</param>
/// <exception cref="IOException">The host cannot: the message says why.</exception>
public delegate IDisposable UnreachableFilterOpener(string name, IReadOnlyList<IPEndPoint> servers);
