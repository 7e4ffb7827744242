namespace AkkaFailover.Core.Election;

/// <summary>What the cluster link says of the peer.</summary>
internal static class LinkRules
{
    public static void Changed(Turn turn, LinkChanged changed)
    {
        if (turn.State.Link.Status == changed.Status) return;
        var link = turn.State.Link;
        var isBack = changed.Status == LinkStatus.Connected && turn.Now - link.StatusSince >= turn.Deadline;
        turn.State = turn.State with
        {
            Link = link with { Status = changed.Status, StatusSince = turn.Now, GoneSince = GoneSince(turn, changed), MetAt = isBack ? turn.Now : link.MetAt },
            Terms = turn.State.Terms with { Disbelieved = Term.None },
        };
        // Who meets hears at once what this node is: the next beat is due an interval later, and may be too late for a claimer.
        if (changed.Status == LinkStatus.Connected && turn.State.FactsRead) turn.Do(new BeatNow());
    }

    /// <summary>A port that is open again, or cannot be reached, takes nothing back of what its kernel may hold.</summary>
    private static Moment? GoneSince(Turn turn, LinkChanged changed)
    {
        var link = turn.State.Link;
        // Who held after it had ended has been started again since, and ends again.
        var ended = link.GoneSince is { } gone && !(PeerEvidence.LastSign(turn.State) > gone) ? gone : turn.Now;
        return changed switch
        {
            { Status: LinkStatus.Refused } or { Ended: true } => ended,
            { Status: LinkStatus.Lost } when link.Status != LinkStatus.Connected => link.GoneSince,
            _ => null,
        };
    }

    public static void Greeted(Turn turn, PeerGreeting greeting) =>
        turn.State = turn.State with { Link = turn.State.Link with { PeerTiming = greeting.Timing } };

    public static void Heard(Turn turn, PeerBeat beat)
    {
        if (!TermRules.Believable(turn, beat.HighestTerm, turn.Settings.Peer.Value)) return;
        if (turn.State.Terms.Disbelieved == Term.None) turn.Clear(AlarmKind.TermJump);
        turn.SawTerm(beat.HighestTerm);
        var stale = beat.Term <= turn.State.Terms.Released;
        var holds = PeerEvidence.Holds(beat) && !stale;
        // It may wait until this node has said that it knows of the claim.
        if (beat.Role == Role.Replaying && turn.State.Link.Beat?.Role != Role.Replaying) turn.Do(new BeatNow());
        if (holds) turn.LivedTerm(beat.Term);
        turn.State = turn.State with
        {
            Link = turn.State.Link with
            {
                LastBeat = turn.Now,
                Beat = beat,
                LastHolderBeat = holds ? turn.Now : turn.State.Link.LastHolderBeat,
            },
            ReleaseHeard = holds ? null : turn.State.ReleaseHeard,
            HoldBack = holds ? HoldBack.None : turn.State.HoldBack,
            MustMeetPeer = false,
        };
        WitnessRules.Reached(turn);
        ClaimRules.PeerKnows(turn, beat);
        if (beat.PauseEpoch > turn.State.PauseEpoch) OperatorRules.Adopt(turn, beat.Paused, beat.PauseEpoch);
        if (holds && turn.State.HoldsOrClaims && beat.Term > turn.State.Terms.Held)
        {
            ReleaseRules.YieldTo(turn, $"{turn.Settings.Peer} is {beat.Role.Word()} with term {beat.Term}, higher than ours ({turn.State.Terms.Held})");
        }
    }

    /// <summary>Rule 6: the link may have had to send it again, so it is followed for a while from when it was sent at the earliest.</summary>
    public static void Released(Turn turn, PeerReleased released)
    {
        if (!TermRules.Believable(turn, released.Term, turn.Settings.Peer.Value)) return;
        turn.LivedTerm(released.Term);
        var until = released.Echo is { } sent && sent <= turn.Now ? sent + ReleaseRules.FollowedFor(turn.Deadline) : turn.Now;
        LanRules.Release(turn, released.Term, Moment.Min(until, turn.Now + turn.Deadline));
    }

    /// <summary>What the peer last said of its own clock over this connection.</summary>
    public static Moment? Echo(LinkView link) => link.LastBeat >= link.StatusSince ? link.Beat?.SentAt : null;

    /// <summary>The link is down while adverts pass: nothing moves, but configuration changes do not replicate.</summary>
    public static void ConsiderAlarms(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (PeerEvidence.BeatsFresh(state, now, settings)) turn.Clear(AlarmKind.ClusterLinkLost);
        else if (settings.PeerIsOurs && state.Role == Role.Standby && PeerEvidence.LiveOnLan(state, now, settings)
            && now - Moment.Max(state.Since, state.Link.LastBeat ?? state.Since) > ElectionSettings.LinkGrace)
        {
            turn.Raise(AlarmKind.ClusterLinkLost,
                $"adverts of {settings.Peer} arrive, but no beat on the cluster link: configuration changes do not reach this node. Check the route to its cluster address.");
        }
        if (now - state.LastContender > turn.Deadline) turn.Clear(AlarmKind.TwoActives);
        // What the peer had besides it hands over as conflicts; a node that follows an active has nothing of its own.
        if (state.Role == Role.Active && PeerEvidence.PeerFollowsWhole(state, now, settings)
            || state.Role == Role.Standby && state.Local.Replica.InSync && PeerEvidence.LiveOnLink(state, now, settings)) turn.Clear(AlarmKind.StaleClaim);
    }
}
