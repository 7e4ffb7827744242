namespace AkkaFailover.Core.Cluster;

/// <summary>Something that happened to the link.</summary>
public abstract record LinkInput;

/// <summary>The moment of <see cref="LinkState.NextWake"/> has come.</summary>
/// <param name="Settled">Both nodes are members of one cluster, as far as this node knows: nothing has to be said about it.</param>
public sealed record LinkTick(bool Settled) : LinkInput;

/// <summary>Numbers that every greeting and keep-alive carries.</summary>
/// <param name="Incarnation">Of the sender's run.</param>
/// <param name="Sequence">Counted from 1 within the incarnation.</param>
/// <param name="Answers">The last sequence the sender had heard from the receiver; 0 for none.</param>
public readonly record struct LinkStamp(ulong Incarnation, ulong Sequence, ulong Answers);

/// <summary>The peer greeted.</summary>
/// <param name="Stamp">Its numbers.</param>
/// <param name="WantsAnswer">The peer does not count itself connected.</param>
/// <param name="Obstacle">Why no link can be had with it (no common protocol version); null where one can.</param>
public sealed record GreetingArrived(LinkStamp Stamp, bool WantsAnswer, string? Obstacle) : LinkInput;

/// <summary>The peer's keep-alive, or its answer to ours, arrived.</summary>
public sealed record KeepAliveArrived(LinkStamp Stamp, bool WantsAnswer) : LinkInput;

/// <summary>Something of a group arrived from the peer.</summary>
public sealed record TrafficArrived(ulong Incarnation) : LinkInput;

/// <summary>The transport has accepted a connection of the peer's.</summary>
public sealed record PeerConnected : LinkInput;

/// <summary>The transport lost its connection to the peer.</summary>
public sealed record AssociationLost(string Detail) : LinkInput;

/// <summary>What this node greets with has changed.</summary>
public sealed record OwnGreetingChanged : LinkInput;

/// <summary>The TCP connection attempt of <see cref="StartProbe"/> has ended.</summary>
public sealed record ProbeEnded(ulong Number, ProbeOutcome Outcome, string Detail) : LinkInput;

/// <summary>How a connection attempt ended.</summary>
public enum ProbeOutcome
{
    /// <summary>Somebody listens.</summary>
    Open,

    /// <summary>The host answered that nobody listens.</summary>
    Refused,

    /// <summary>No answer in time, or no way to the host.</summary>
    Unreachable,
}
