using System.Collections.Immutable;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Cluster;

/// <summary>Something that happened to the link.</summary>
public abstract record LinkInput;

/// <summary>The moment of <see cref="LinkState.NextWake"/> has come.</summary>
public sealed record LinkTick : LinkInput;

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

/// <summary>Something to be done for the link.</summary>
public abstract record LinkEffect;

/// <summary>Try to connect to the peer's port; answer <see cref="ProbeEnded"/>.</summary>
/// <param name="Number">Counted from 1; a connection in between makes an older probe's outcome worthless.</param>
public sealed record StartProbe(ulong Number) : LinkEffect;

/// <summary>Send a greeting.</summary>
public sealed record SendGreeting(LinkStamp Stamp, bool WantsAnswer) : LinkEffect;

/// <summary>Send a keep-alive, or the answer to one.</summary>
public sealed record SendKeepAlive(LinkStamp Stamp, bool WantsAnswer) : LinkEffect;

/// <summary>The link's state or its detail changed.</summary>
public sealed record LinkAnnounced(LinkStatus Status, string Detail) : LinkEffect;

/// <summary>Drop whatever association the transport has with the peer's address, so that the next word makes a new one.</summary>
public sealed record ResetAssociation : LinkEffect;

/// <summary>The state of the link to one peer.</summary>
public sealed record LinkState
{
    /// <summary>This run's number.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>As the transport can tell.</summary>
    public LinkStatus Status { get; init; }

    /// <summary>When <see cref="LinkTick"/> is due.</summary>
    public Moment NextWake { get; init; } = Moment.Zero;

    /// <summary>The peer's run; null before its first greeting.</summary>
    public ulong? PeerIncarnation { get; init; }

    /// <summary>Time from the last greeting or keep-alive to the first word that answered it.</summary>
    public TimeSpan? RoundTrip { get; init; }

    internal ulong LastProbe { get; init; }

    internal bool Probing { get; init; }

    /// <summary>Since when the peer's port has been open without a greeting of it; null where it is not so.</summary>
    internal Moment? OpenSince { get; init; }

    internal Moment LastHeard { get; init; }

    internal ulong LastSent { get; init; }

    /// <summary>The last sequence that wanted an answer, and when it left; no moment once it was answered.</summary>
    internal ulong Asked { get; init; }

    internal Moment? AskedAt { get; init; }

    /// <summary>The first sequence of the present session: an answer to an earlier one proves nothing.</summary>
    internal ulong SessionStart { get; init; } = 1;

    internal ulong PeerSequence { get; init; }

    /// <summary>Runs of the peer that a later one has replaced, newest last; words of theirs still on their way do not count.</summary>
    internal ImmutableArray<ulong> Replaced { get; init; } = [];
}

/// <summary>
/// Decides what the link to one peer is: pure, so that every order of events can be tested. It is connected once the peer
/// has answered a greeting sent since the last loss, which proves both directions.
/// </summary>
public static class LinkMachine
{
    /// <summary>Between two keep-alives.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which the link counts as lost; the election's own deadlines are shorter and do not wait for it.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(2500);

    /// <summary>Between two probes, and two greetings where somebody listens, while the link is not connected.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long the peer may listen without a greeting before the association is dropped. Akka.Remote sometimes keeps the one with a
    /// host that died, and holds back everything from the restarted one for as long.
    /// </summary>
    public static readonly TimeSpan GreetingPatience = TimeSpan.FromMilliseconds(1500);

    private const int ReplacedKept = 16;

    /// <summary>One input.</summary>
    public static (LinkState State, IReadOnlyList<LinkEffect> Effects) Step(LinkState state, LinkInput input, Moment now)
    {
        List<LinkEffect> effects = [];
        state = input switch
        {
            LinkTick => OnTick(state, now, effects),
            GreetingArrived greeting => OnGreeting(state, greeting, now, effects),
            KeepAliveArrived keepAlive when IsCurrent(state, keepAlive.Stamp.Incarnation) => OnKeepAlive(state, keepAlive, now, effects),
            TrafficArrived traffic when IsCurrent(state, traffic.Incarnation) => state with { LastHeard = now },
            AssociationLost lost when state.Status == LinkStatus.Connected => Probe(Lose(state, lost.Detail, effects), effects),
            AssociationLost => state,
            OwnGreetingChanged when state.Status == LinkStatus.Connected => Greet(state, now, wantsAnswer: false, effects),
            ProbeEnded probe when state.Probing && probe.Number == state.LastProbe => OnProbe(state with { Probing = false }, probe, now, effects),
            _ => state,
        };
        return (state, effects);
    }

    /// <summary>Whether something of this run of the peer counts now.</summary>
    public static bool IsCurrent(LinkState state, ulong incarnation) => state.PeerIncarnation == incarnation;

    /// <summary>Whether a later run of the peer has replaced this one.</summary>
    public static bool IsReplaced(LinkState state, ulong incarnation) => state.Replaced.Contains(incarnation);

    private static LinkState OnTick(LinkState state, Moment now, List<LinkEffect> effects)
    {
        if (now < state.NextWake) return state;
        if (state.Status != LinkStatus.Connected) return Probe(state, effects);
        if (now - state.LastHeard > SilenceLimit) return Probe(Lose(state, "nothing heard any more", effects), effects);
        return KeepAlive(state, now, wantsAnswer: true, effects) with { NextWake = now + KeepAliveInterval };
    }

    private static LinkState OnKeepAlive(LinkState state, KeepAliveArrived keepAlive, Moment now, List<LinkEffect> effects)
    {
        state = Heard(state, keepAlive.Stamp, now);
        return keepAlive.WantsAnswer ? KeepAlive(state, now, wantsAnswer: false, effects) : state;
    }

    private static LinkState OnGreeting(LinkState state, GreetingArrived greeting, Moment now, List<LinkEffect> effects)
    {
        if (IsReplaced(state, greeting.Stamp.Incarnation)) return state;
        state = Heard(Meet(state, greeting.Stamp.Incarnation, effects), greeting.Stamp, now);
        if (greeting.Obstacle is { } obstacle)
        {
            state = Announce(state, LinkStatus.Lost, obstacle, effects);
        }
        else if (state.Status != LinkStatus.Connected && greeting.Stamp.Answers >= state.SessionStart)
        {
            state = Announce(state, LinkStatus.Connected, "greeted", effects) with { NextWake = now + KeepAliveInterval, Probing = false };
        }
        return greeting.WantsAnswer ? Greet(state, now, state.Status != LinkStatus.Connected && greeting.Obstacle is null, effects) : state;
    }

    /// <summary>A run of the peer not met before ends the session with the one before it.</summary>
    private static LinkState Meet(LinkState state, ulong incarnation, List<LinkEffect> effects)
    {
        if (state.PeerIncarnation == incarnation) return state;
        if (state.PeerIncarnation is { } former)
        {
            state = Lose(state, "the peer has restarted", effects) with { Replaced = Remember(state.Replaced, former) };
        }
        return state with { PeerIncarnation = incarnation, PeerSequence = 0 };
    }

    private static ImmutableArray<ulong> Remember(ImmutableArray<ulong> replaced, ulong former) =>
        (replaced.Length < ReplacedKept ? replaced : replaced.RemoveAt(0)).Add(former);

    private static LinkState Heard(LinkState state, LinkStamp stamp, Moment now) => state with
    {
        LastHeard = now,
        PeerSequence = Math.Max(state.PeerSequence, stamp.Sequence),
        RoundTrip = stamp.Answers == state.Asked && state.AskedAt is { } asked ? now - asked : state.RoundTrip,
        AskedAt = stamp.Answers == state.Asked ? null : state.AskedAt,
    };

    private static LinkState OnProbe(LinkState state, ProbeEnded probe, Moment now, List<LinkEffect> effects)
    {
        if (state.Status == LinkStatus.Connected) return state;
        switch (probe.Outcome)
        {
            case ProbeOutcome.Open:
                if (state.Status == LinkStatus.Refused) state = Announce(state, LinkStatus.Lost, "the peer listens again, and has not greeted yet", effects);
                state = state with { OpenSince = state.OpenSince ?? now };
                if (now - state.OpenSince >= GreetingPatience)
                {
                    effects.Add(new ResetAssociation());
                    state = state with { OpenSince = now };
                }
                return Greet(state, now, wantsAnswer: true, effects);
            case ProbeOutcome.Refused:
                state = Announce(state, LinkStatus.Refused, probe.Detail, effects);
                break;
            default:
                state = Announce(state, LinkStatus.Lost, probe.Detail, effects);
                break;
        }
        return state with { NextWake = now + RetryInterval, OpenSince = null };
    }

    private static LinkState Lose(LinkState state, string detail, List<LinkEffect> effects)
    {
        if (state.Status == LinkStatus.Connected) state = Announce(state, LinkStatus.Lost, detail, effects);
        return state with { SessionStart = state.LastSent + 1, RoundTrip = null };
    }

    private static LinkState Probe(LinkState state, List<LinkEffect> effects)
    {
        if (state.Probing) return state with { NextWake = Moment.Never };
        effects.Add(new StartProbe(state.LastProbe + 1));
        return state with { LastProbe = state.LastProbe + 1, Probing = true, NextWake = Moment.Never };
    }

    private static LinkState Greet(LinkState state, Moment now, bool wantsAnswer, List<LinkEffect> effects)
    {
        var (stamped, stamp) = Stamp(state, now, wantsAnswer);
        effects.Add(new SendGreeting(stamp, wantsAnswer));
        return stamped with { NextWake = now + (state.Status == LinkStatus.Connected ? KeepAliveInterval : RetryInterval) };
    }

    private static LinkState KeepAlive(LinkState state, Moment now, bool wantsAnswer, List<LinkEffect> effects)
    {
        var (stamped, stamp) = Stamp(state, now, wantsAnswer);
        effects.Add(new SendKeepAlive(stamp, wantsAnswer));
        return stamped;
    }

    private static (LinkState State, LinkStamp Stamp) Stamp(LinkState state, Moment now, bool wantsAnswer)
    {
        var stamp = new LinkStamp(state.Incarnation, state.LastSent + 1, state.PeerSequence);
        state = state with { LastSent = stamp.Sequence };
        return (wantsAnswer ? state with { Asked = stamp.Sequence, AskedAt = now } : state, stamp);
    }

    private static LinkState Announce(LinkState state, LinkStatus status, string detail, List<LinkEffect> effects)
    {
        if (state.Status == status) return state;
        effects.Add(new LinkAnnounced(status, detail));
        return state with { Status = status, OpenSince = null };
    }
}
