namespace AkkaFailover.Core.Election;

/// <summary>What adverts and answers on the LAN mean.</summary>
internal static class LanRules
{
    /// <summary>A regular round begins each second, and may take 0.3 s: so long without an answer is a whole round without one.</summary>
    private static readonly TimeSpan RoundMissed = TimeSpan.FromMilliseconds(1_500);

    public static void Heard(Turn turn, AdvertSummary advert)
    {
        if (turn.Settings.PeerIsOurs && !TermRules.Believable(turn, advert.Term, advert.Source)) return;
        turn.LivedTerm(advert.Term);
        if (advert.Released)
        {
            Release(turn, advert.Term, turn.Now + turn.Deadline);
            return;
        }
        if (turn.Settings.PeerIsOurs && advert.Term <= turn.State.Terms.Released) return;
        var contended = turn.State.LastContender;
        turn.State = turn.State with
        {
            Lan = new LanView(turn.Now, advert.Source, Gaps(turn)),
            LastContender = turn.State.HoldsOrClaims ? turn.Now : turn.State.LastContender,
            HoldBack = HoldBack.None,
            ReleaseHeard = null,
            MustMeetPeer = false,
        };
        if (turn.State.HoldsOrClaims) Contend(turn, advert, contended);
    }

    /// <summary>What waited in the queue while this node stood still comes all at once: its gaps tell nothing.</summary>
    private static AdvertGaps Gaps(Turn turn)
    {
        var (last, gaps) = (turn.State.Lan.LastAdvert, turn.State.Lan.Gaps);
        return last is { } before && !turn.HasJustWoken ? gaps.With(turn.Now - before) : gaps;
    }

    /// <summary>Rule 6: it counts only with the highest known term; the codec has checked the release bit.</summary>
    /// <param name="turn">The step.</param>
    /// <param name="term">The term that was held.</param>
    /// <param name="until">How long it may be followed; one that is too old for that, or waited in the queue while this node stood still, only ends its term, and the silence after it decides.</param>
    public static void Release(Turn turn, Term term, Moment until)
    {
        var terms = turn.State.Terms;
        var isOld = turn.HasJustWoken || until <= turn.Now;
        // The same on the other path, and not too old there, is followed all the same.
        var isKnown = term < terms.Released || (term == terms.Released && (isOld || turn.State.ReleaseHeard is not null));
        if (turn.Settings.PeerIsOurs && (term < terms.HighestSeen || isKnown)) return;
        if (isOld) turn.Do(new Note($"{turn.Settings.Peer} released the role, perhaps long ago: silence decides"));
        turn.State = turn.State with
        {
            Terms = terms with { Released = term },
            QuietFrom = turn.Now,
            Lan = turn.State.Lan with { LastAdvert = null },
            Link = turn.State.Link with { LastHolderBeat = null },
            ReleaseHeard = isOld ? null : new HeardRelease(turn.Now, until),
            MustMeetPeer = false,
        };
    }

    /// <summary>Rules 7 and 8: two nodes that claim or hold at once.</summary>
    private static void Contend(Turn turn, AdvertSummary advert, Moment contended)
    {
        var loses = turn.Settings.PeerIsOurs ? advert.Term > turn.State.Terms.Held : advert.Outranks;
        if (loses)
        {
            var rank = turn.Settings.PeerIsOurs ? $"term {advert.Term} beats ours ({turn.State.Terms.Held})" : "it ranks higher";
            ReleaseRules.YieldTo(turn, $"{advert.Source} is active too and {rank}");
            return;
        }
        // The advert that would have made it yield was lost: the next one need not wait for its time.
        if (turn.Settings.PeerIsOurs && turn.State.Role != Role.Releasing && turn.Now - contended >= turn.Settings.Timing.Interval) turn.Advertise();
        if (turn.State.Role == Role.Active)
        {
            turn.Raise(AlarmKind.TwoActives, $"{advert.Source} advertises too and ranks lower: it should yield at once");
            turn.Do(new AnnounceAddresses($"{advert.Source} advertised as well"));
        }
    }

    public static void Reported(Turn turn, LanReport report)
    {
        var before = turn.State.Neighbours;
        turn.State = turn.State with
        {
            Neighbours = before with
            {
                LastReport = report,
                ReportedAt = turn.Now,
                PeerAnsweredAt = report.PeerAnswered ? turn.Now : before.PeerAnsweredAt,
                EmptyRounds = report.HearsSomebody ? 0 : report.OthersAsked == 0 ? before.EmptyRounds : before.EmptyRounds + 1,
            },
        };
        // The other node weighs it against what it hears itself.
        if (report.MissesThePeer != (before.LastReport is { MissesThePeer: true })) turn.Do(new BeatNow());
        if (report.HearsSomebody) turn.Clear(AlarmKind.LanIsolated);
        // Whoever was on the other side of a split may know the address from a holder there, or an announcement may have been lost.
        var isWhole = (report.HearsSomebody && before.EmptyRounds > 0) || (report.PeerAnswered && before.LastReport is { PeerAnswered: false } && WasAway(turn, before.PeerAnsweredAt));
        if (isWhole && turn.State.Role == Role.Active) turn.Do(new AnnounceAddresses("the LAN is whole again"));
        if (report.WitnessesAnswered > 0) turn.Clear(AlarmKind.WitnessesLost);
    }

    /// <summary>The peer's host has not answered for a whole round, or not since this node holds: no frame alone was lost.</summary>
    private static bool WasAway(Turn turn, Moment? answered) => answered is not { } at || turn.Now - at > RoundMissed || at < turn.State.HeldSince;
}
