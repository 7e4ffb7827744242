using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Cluster;

/// <summary>
/// Decides what the link to one peer is: pure, so that every order of events can be tested. It is connected once the peer
/// has answered a greeting sent since the last loss, which proves both directions.
/// </summary>
public static class LinkMachine
{
    /// <summary>Between two keep-alives while nothing else is heard, or while the nodes are not in one cluster: they tell each other of it with them.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(1);

    /// <summary>Between two keep-alives while the peer's beats arrive and both are in one cluster: they measure the round trip.</summary>
    public static readonly TimeSpan RoundTripInterval = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the link counts as lost; the election's own deadlines are shorter and do not wait for it.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(2500);

    /// <summary>Between two probes, and two greetings where somebody listens, while the link is not connected.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long an answer over a new connection may take; twice as long after each that failed to come, three times. When both nodes connect at once, Akka.Remote may leave one of them
    /// reading from a connection that the other has given up, deaf for good; so each new connection has to prove itself.
    /// </summary>
    public static readonly TimeSpan ProofLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a node that has met the peer leaves it to the peer to connect: one that restarted does so at once, and of two
    /// that met again the leading one does, so that they do not connect at the same time.
    /// </summary>
    public static TimeSpan Courtesy(bool leads) => TimeSpan.FromMilliseconds(leads ? 700 : 1400);

    /// <summary>
    /// How long the peer may listen without a word before the association is dropped: Akka.Remote sometimes keeps the one with a
    /// host that died, and holds back everything from the restarted one for as long.
    /// </summary>
    public static TimeSpan Patience(bool leads) => TimeSpan.FromMilliseconds(leads ? 3000 : 4000);

    /// <summary>A tick so late says that this node stood still: what the peer sent meanwhile has not been read yet.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromMilliseconds(500);

    private const int MostProofsMissed = 3;

    /// <summary>One input.</summary>
    public static (LinkState State, IReadOnlyList<LinkEffect> Effects) Step(LinkState state, LinkInput input, Moment now)
    {
        List<LinkEffect> effects = [];
        state = input switch
        {
            LinkTick tick => OnTick(state, tick.Settled, now, effects),
            GreetingArrived greeting => OnGreeting(state, greeting, now, effects),
            KeepAliveArrived keepAlive when IsCurrent(state, keepAlive.Stamp.Incarnation) => OnKeepAlive(state, keepAlive, now, effects),
            TrafficArrived traffic when IsCurrent(state, traffic.Incarnation) => state with { LastHeard = now },
            PeerConnected => Prove(state, now, effects),
            // While a connection has to prove itself, the one that ended may be the one before it.
            AssociationLost lost when state.Status == LinkStatus.Connected =>
                state.ProofDue == Moment.Never ? Drop(state, lost.Detail, effects, ended: true) : Probe(Lose(state, lost.Detail, effects, ended: true), effects),
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

    private static LinkState OnTick(LinkState state, bool settled, Moment now, List<LinkEffect> effects)
    {
        if (now < state.NextWake) return state;
        if (state.Status != LinkStatus.Connected) return Probe(state, effects);
        if (now - state.NextWake > Standstill) state = ListenAnew(state, now);
        if (now - state.LastHeard > SilenceLimit) return Drop(state, "nothing heard any more", effects);
        if (now >= state.ProofDue) return Drop(Doubt(state), "nothing is heard over the new connection", effects);
        var isDue = !settled || now - state.LastHeard >= KeepAliveInterval / 2 || now - state.LastAsked >= RoundTripInterval;
        if (isDue) state = KeepAlive(state, now, wantsAnswer: true, effects);
        return state with { NextWake = Moment.Min(now + KeepAliveInterval, state.ProofDue) };
    }

    private static LinkState ListenAnew(LinkState state, Moment now) => state with
    {
        LastHeard = now,
        ProofDue = state.ProofDue == Moment.Never ? Moment.Never : now + ProofLimit,
    };

    /// <summary>Asks for an answer over the present connection.</summary>
    private static LinkState Prove(LinkState state, Moment now, List<LinkEffect> effects)
    {
        state = state.Status == LinkStatus.Connected ? KeepAlive(state, now, wantsAnswer: true, effects) : Greet(state, now, wantsAnswer: true, effects);
        var due = now + (ProofLimit * (1 << state.ProofsMissed));
        return state with { Proof = state.LastSent, ProofDue = due, NextWake = Moment.Min(state.NextWake, due) };
    }

    /// <summary>The next proof gets more time: a slow peer must not be cut off again and again.</summary>
    private static LinkState Doubt(LinkState state) =>
        state with { ProofsMissed = Math.Min(state.ProofsMissed + 1, MostProofsMissed), ProofDue = Moment.Never };

    private static LinkState OnKeepAlive(LinkState state, KeepAliveArrived keepAlive, Moment now, List<LinkEffect> effects)
    {
        state = Heard(state, keepAlive.Stamp, now);
        return keepAlive.WantsAnswer ? KeepAlive(state, now, wantsAnswer: false, effects) : state;
    }

    private static LinkState OnGreeting(LinkState state, GreetingArrived greeting, Moment now, List<LinkEffect> effects)
    {
        if (IsReplaced(state, greeting.Stamp.Incarnation)) return state;
        var isNew = !IsCurrent(state, greeting.Stamp.Incarnation);
        state = Heard(Meet(state, greeting.Stamp.Incarnation, effects), greeting.Stamp, now);
        if (greeting.Obstacle is { } obstacle)
        {
            state = Announce(state, LinkStatus.Lost, obstacle, effects);
        }
        else if (state.Status != LinkStatus.Connected && greeting.Stamp.Answers >= state.SessionStart)
        {
            state = Announce(state, LinkStatus.Connected, "greeted", effects) with { NextWake = now + KeepAliveInterval, Probing = false };
            state = Prove(state, now, effects);
        }
        if (!greeting.WantsAnswer) return state;
        var toConnect = state.Status != LinkStatus.Connected && greeting.Obstacle is null;
        return isNew && toConnect ? Prove(state, now, effects) : Greet(state, now, toConnect, effects);
    }

    /// <summary>A run of the peer not met before ends the session with the one before it.</summary>
    private static LinkState Meet(LinkState state, ulong incarnation, List<LinkEffect> effects)
    {
        if (state.PeerIncarnation == incarnation) return state;
        if (state.PeerIncarnation is { } former)
        {
            state = Lose(state, "the peer has restarted", effects) with { Replaced = state.Replaced.With(former) };
        }
        return state with { PeerIncarnation = incarnation, PeerSequence = 0 };
    }

    private static LinkState Heard(LinkState state, LinkStamp stamp, Moment now)
    {
        var isProof = state.ProofDue != Moment.Never && stamp.Answers >= state.Proof;
        return state with
        {
            LastHeard = now,
            PeerSequence = Math.Max(state.PeerSequence, stamp.Sequence),
            RoundTrip = stamp.Answers == state.Asked && state.AskedAt is { } asked ? now - asked : state.RoundTrip,
            AskedAt = stamp.Answers == state.Asked ? null : state.AskedAt,
            ProofDue = isProof ? Moment.Never : state.ProofDue,
            // The greetings that connect are quick; only a connection that lasted says that the next may be hurried again.
            ProofsMissed = isProof && state.Status == LinkStatus.Connected ? 0 : state.ProofsMissed,
        };
    }

    private static LinkState OnProbe(LinkState state, ProbeEnded probe, Moment now, List<LinkEffect> effects)
    {
        if (state.Status == LinkStatus.Connected) return state;
        switch (probe.Outcome)
        {
            case ProbeOutcome.Open:
                if (state.Status == LinkStatus.Refused) state = Announce(state, LinkStatus.Lost, "the peer listens again, and has not greeted yet", effects);
                return Approach(state with { OpenSince = state.OpenSince ?? now }, now, effects);
            case ProbeOutcome.Refused:
                state = Announce(state, LinkStatus.Refused, probe.Detail, effects);
                break;
            default:
                state = Announce(state, LinkStatus.Lost, probe.Detail, effects);
                break;
        }
        return state with { NextWake = now + RetryInterval, OpenSince = null };
    }

    /// <summary>The peer listens, and the link is not connected.</summary>
    private static LinkState Approach(LinkState state, Moment now, List<LinkEffect> effects)
    {
        var open = state.OpenSince!.Value;
        var isDeaf = now >= state.ProofDue;
        if (isDeaf || now - Moment.Max(open, state.LastHeard) >= Patience(state.Leads))
        {
            effects.Add(new ResetAssociation());
            return (isDeaf ? Doubt(state) : state) with { ProofDue = Moment.Never, OpenSince = now, NextWake = now + RetryInterval };
        }
        var peerIsToGreet = state.PeerIncarnation is not null && now - open < Courtesy(state.Leads);
        return peerIsToGreet ? state with { NextWake = now + RetryInterval } : Greet(state, now, wantsAnswer: true, effects);
    }

    /// <summary>
    /// What Akka.Remote still knows of a lost connection must go before the peer connects again: it would give up a connection
    /// of its own that is half made, and the peer would read from that one.
    /// </summary>
    private static LinkState Drop(LinkState state, string detail, List<LinkEffect> effects, bool ended = false)
    {
        effects.Add(new ResetAssociation());
        return Probe(Lose(state, detail, effects, ended), effects);
    }

    private static LinkState Lose(LinkState state, string detail, List<LinkEffect> effects, bool ended = false)
    {
        if (state.Status == LinkStatus.Connected) state = Announce(state, LinkStatus.Lost, detail, effects, ended);
        // What was heard before proves nothing to the peer, which may be another run by now.
        return state with { SessionStart = state.LastSent + 1, PeerSequence = 0, RoundTrip = null, ProofDue = Moment.Never };
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
        // Never later than it was: a peer that greets again and again must not put off what is due.
        return stamped with { NextWake = Moment.Min(state.NextWake, now + (state.Status == LinkStatus.Connected ? KeepAliveInterval : RetryInterval)) };
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
        return (wantsAnswer ? state with { Asked = stamp.Sequence, AskedAt = now, LastAsked = now } : state, stamp);
    }

    private static LinkState Announce(LinkState state, LinkStatus status, string detail, List<LinkEffect> effects, bool ended = false)
    {
        if (state.Status == status) return state;
        effects.Add(new LinkAnnounced(status, detail) { Ended = ended });
        return state with { Status = status, OpenSince = null };
    }
}
