using System.Net;

namespace AkkaFailover.Core.Ports;

/// <summary>Whether frames can pass an interface.</summary>
/// <param name="Up">The interface is there, up, and has carrier.</param>
/// <param name="Reason">"carrier lost", "interface gone" or "carrier back".</param>
public sealed record CarrierState(bool Up, string Reason);

/// <summary>Watches one interface.</summary>
public interface ILinkMonitor : IDisposable
{
    /// <summary>The state as last seen.</summary>
    CarrierState Now { get; }

    /// <summary>The state changed; raised on a thread of its own, which must not be blocked.</summary>
    event Action<CarrierState>? Changed;
}

/// <summary>One address in the kernel.</summary>
/// <param name="Present">It is on its interface, with its prefix.</param>
/// <param name="ValidSeconds">Its remaining lifetime; null where it is absent or endless.</param>
public sealed record AddressPresence(bool Present, double? ValidSeconds);

/// <summary>Looks at the kernel's addresses.</summary>
public interface IAddressView
{
    /// <summary>Whether an address is there; asks the kernel, which answers at once.</summary>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    AddressPresence Look(VirtualAddress address);
}

/// <summary>Opens an interface for the frames by which stations say what they have: ARP, and IPv6 neighbour advertisements.</summary>
/// <param name="interfaceName">The interface.</param>
/// <param name="addresses">Those of interest; a question for one of them, the bulk of ARP, does not arrive.</param>
/// <param name="handler">Gets ARP whose sender has one of the addresses, and every advertisement.</param>
/// <returns>The open interface.</returns>
/// <exception cref="IOException">It cannot be opened; the message says why.</exception>
public delegate ILanPort NeighbourPortOpener(string interfaceName, IReadOnlyCollection<IPAddress> addresses, FrameHandler handler);
