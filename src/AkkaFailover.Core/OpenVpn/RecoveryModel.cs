using System.Collections.Immutable;
using System.Net;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.OpenVpn;

/// <summary>What is known of the clients of a server, on the active.</summary>
public sealed record RecoveryModel
{
    /// <summary>No server runs here.</summary>
    public static readonly RecoveryModel Idle = new();

    /// <summary>The server has begun, under this node's claim.</summary>
    public bool Serves { get; init; }

    /// <summary>When it answered first; <see cref="Moment.Never"/> before.</summary>
    public Moment ReadyAt { get; init; } = Moment.Never;

    /// <summary>The clients that the replica has, by key.</summary>
    public ImmutableDictionary<string, VpnClient> Held { get; init; } = ImmutableDictionary<string, VpnClient>.Empty;

    /// <summary>Clients of the server before this one that have not been seen here, by key.</summary>
    public ImmutableDictionary<string, AwaitedClient> Awaited { get; init; } = ImmutableDictionary<string, AwaitedClient>.Empty;

    /// <summary>What the replica is being asked to hold; null where nothing is on its way.</summary>
    public ImmutableDictionary<string, VpnClient>? Storing { get; init; }

    /// <summary>A client has been seen here.</summary>
    public bool HasClients { get; init; }

    /// <summary>Clients that had to be kicked and are back by their kicked session, since the claim.</summary>
    public int Restarted { get; init; }

    /// <summary>When something has to be done without a further input.</summary>
    public Moment Due { get; init; } = Moment.Never;

    /// <summary>The last reset or restart; before the first one when the server was ready.</summary>
    public Moment LastKick { get; init; }

    /// <summary>No client is to be reset or restarted any more, and what comes of it has come.</summary>
    public bool IsKickOver(Moment now) => ReadyAt != Moment.Never && Due == Moment.Never && now - LastKick > RecoveryMachine.KickTime;
}

/// <summary>A client that the server before this one had.</summary>
/// <param name="Client">The client.</param>
public sealed record AwaitedClient(VpnClient Client)
{
    /// <summary>Resets that it has been sent.</summary>
    public int Resets { get; init; }

    /// <summary>When the last of them was; meaningless before.</summary>
    public Moment LastReset { get; init; }

    /// <summary>When the next one is due; <see cref="Moment.Never"/> for none.</summary>
    public Moment Next { get; init; } = Moment.Never;
}

/// <summary>Something that happened to a server or its clients.</summary>
public abstract record RecoveryInput
{
    /// <summary>The service was started.</summary>
    /// <param name="Held">The clients that the replica has: those of the server before this one.</param>
    public sealed record Began(IReadOnlyList<VpnClient> Held) : RecoveryInput;

    /// <summary>The service has ended.</summary>
    public sealed record Ended : RecoveryInput;

    /// <summary>The server's sockets are bound and it listed its clients.</summary>
    public sealed record Listed(IReadOnlyList<VpnClient> Clients) : RecoveryInput;

    /// <summary>The replica has what it was asked to hold, or refused it.</summary>
    public sealed record Stored(bool Done) : RecoveryInput;

    /// <summary>The moment <see cref="RecoveryModel.Due"/> has come.</summary>
    public sealed record Tick : RecoveryInput;
}

/// <summary>Something to do for the clients of a server.</summary>
public abstract record RecoveryOutput
{
    /// <summary>Send the client a reset from the server's address and port.</summary>
    public sealed record SendReset(IPEndPoint To) : RecoveryOutput;

    /// <summary>Have the server tell the client to restart: by the reset alone it keeps what only the dead server knew (its peer id).</summary>
    public sealed record Restart(VpnClient Client) : RecoveryOutput;

    /// <summary>Ask the replica to hold these changes; answer <see cref="RecoveryInput.Stored"/>.</summary>
    public sealed record Store(ImmutableArray<KeyChange> Changes) : RecoveryOutput;

    /// <summary>The first client since the claim is here.</summary>
    public sealed record FirstClient(VpnClient Client) : RecoveryOutput;
}
