namespace AkkaFailover.Core.Ports;

/// <summary>The host's part of a rehearsal, seen from the daemon.</summary>
public interface IRehearsalHost
{
    /// <summary>What this host lacks for a rehearsal, and what to do; empty for nothing.</summary>
    string Missing();

    /// <summary>This program again, in namespaces of its own, which end with it.</summary>
    /// <param name="arguments">Its arguments.</param>
    IReadOnlyList<string> Command(IReadOnlyList<string> arguments);

    /// <summary>The host's interfaces as a rehearsal has them.</summary>
    IReadOnlyList<RoomLink> Links();

    /// <summary>Bytes that are free where a folder is.</summary>
    long FreeBytes(string folder);
}

/// <summary>The namespaces of a rehearsal, seen from the program that was started in them.</summary>
public interface IRehearsalRoom
{
    /// <summary>Ends this process, and with it all that it started, as soon as nobody reads its standard output any more.</summary>
    void EndWithReader();

    /// <summary>Makes the network and the file systems what the plan says; afterwards nothing that is written gets to the host.</summary>
    /// <returns>For people: what is different from the host.</returns>
    /// <exception cref="IOException">It could not be done; the message says what and why.</exception>
    string Furnish(RoomPlan plan);

    /// <summary>The end of the log file that the service wrote last, which nobody can read afterwards; empty where it wrote none.</summary>
    string LogEnd();
}

/// <summary>What the service of a rehearsal finds.</summary>
/// <param name="Scratch">The scratch folder.</param>
/// <param name="Links">Interfaces of the network; nothing is at their other end.</param>
/// <param name="Addresses">The virtual addresses as ADDRESS/PREFIX, each with its interface.</param>
/// <param name="Places">What is written in the scratch folder, and where the service looks for it.</param>
/// <param name="Sockets">Unix sockets of the host that work all the same.</param>
public sealed record RoomPlan(
    string Scratch, IReadOnlyList<RoomLink> Links, IReadOnlyList<RoomAddress> Addresses, IReadOnlyList<RoomPlace> Places, IReadOnlyList<string> Sockets);

/// <summary>An interface.</summary>
/// <param name="Name">As on the host.</param>
/// <param name="Addresses">Its own addresses as ADDRESS/PREFIX.</param>
/// <param name="Gateways">Next hops of default routes.</param>
public sealed record RoomLink(string Name, IReadOnlyList<string> Addresses, IReadOnlyList<string> Gateways);

/// <summary>A virtual address.</summary>
public sealed record RoomAddress(string Address, string Interface);

/// <summary>A watched path.</summary>
/// <param name="Copy">Name of the copy below the scratch folder.</param>
/// <param name="Where">Its real place.</param>
public sealed record RoomPlace(string Copy, string Where);
