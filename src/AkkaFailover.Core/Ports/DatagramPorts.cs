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
