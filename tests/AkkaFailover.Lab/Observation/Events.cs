using System.Net;

namespace AkkaFailover.Lab.Observation;

/// <summary>One answer of the virtual address.</summary>
/// <param name="At">When it was read.</param>
/// <param name="From">The station that sent it.</param>
/// <param name="Question">Which question it answers; 0 for pings, which only one station hears.</param>
public readonly record struct Answer(Moment At, MacAddress From, uint Question = 0);

/// <summary>An advert that the client's host received.</summary>
/// <param name="At">When it was read.</param>
/// <param name="From">The sender's address on the LAN.</param>
public readonly record struct Heartbeat(Moment At, IPAddress From);

/// <summary>A node's kernel added or removed the virtual address; renewed lifetimes are additions too.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Host">The node.</param>
/// <param name="Present">Added or renewed, not removed.</param>
public readonly record struct AddressChange(Moment At, string Host, bool Present);

/// <summary>What was observed since <see cref="Observer.Reset"/>.</summary>
/// <param name="From">Begin of the observation.</param>
/// <param name="To">Its end.</param>
/// <param name="Pings">Echo replies that the client received.</param>
/// <param name="Arps">ARP replies that the watcher received.</param>
/// <param name="Outside">Echo replies that the client behind the router received.</param>
/// <param name="Changes">Changes of the address in the nodes' kernels, in order; the state at the begin comes first.</param>
/// <param name="Heartbeats">Adverts of both nodes.</param>
public sealed record Record(
    Moment From,
    Moment To,
    IReadOnlyList<Answer> Pings,
    IReadOnlyList<Answer> Arps,
    IReadOnlyList<Answer> Outside,
    IReadOnlyList<AddressChange> Changes,
    IReadOnlyList<Heartbeat> Heartbeats);
