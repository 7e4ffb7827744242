namespace AkkaFailover.Core.Election;

/// <summary>What the paths say of the peer at a moment: derived facts, nothing stored.</summary>
public static class PeerEvidence
{
    /// <summary>The peer's own address is asked for each second; who answered within three is there.</summary>
    private static readonly TimeSpan RecentRounds = TimeSpan.FromSeconds(3);

    /// <summary>
    /// D as both nodes use it: the larger of both, at least three of the longer interval. Before the peer has greeted its deadline is not
    /// known and its lease lasts three of its intervals at most: as long as they are seen to be. For ucarp: this node's own.
    /// </summary>
    public static TimeSpan Deadline(ElectionState state, ElectionSettings settings)
    {
        var own = settings.Timing.Deadline;
        if (!settings.PeerIsOurs) return own;
        return Spans.Longer(Spans.Longer(own, state.Link.PeerTiming?.Deadline ?? TimeSpan.Zero), Spans.Times(LongerInterval(state, settings), 3));
    }

    /// <summary>The longer one of the two nodes' times between adverts: as the peer has said or, before it has greeted, as its adverts are seen to come.</summary>
    public static TimeSpan LongerInterval(ElectionState state, ElectionSettings settings) =>
        Spans.Longer(settings.Timing.Interval, state.Link.PeerTiming?.Interval ?? (state.Lan.LastAdvert is null ? TimeSpan.Zero : state.Lan.Gaps.Interval));

    /// <summary>
    /// L: how long an advert lets the addresses be held. Shorter than the peer's wait: its own deadline and at least three of our intervals;
    /// before it has greeted only these are sure. And always longer than one of our intervals, or it would end between two adverts. Where an advert that
    /// was lost lets the lease run on for longer than the peer adds to its wait (<see cref="QuietSince"/>), it is shorter by the rest.
    /// </summary>
    public static TimeSpan Lease(ElectionState state, ElectionSettings settings)
    {
        var own = settings.Timing;
        var wait = own.Deadline;
        if (state.Link.PeerTiming is { } peer) wait = Spans.Longer(Spans.Times(own.Interval, 3), Spans.Shorter(peer.Deadline, wait));
        else if (settings.PeerIsOurs) wait = Spans.Shorter(Spans.Times(own.Interval, 3), wait);
        var lease = wait - Spans.Times(own.Interval, 1, 2);
        var rest = Spans.Times(own.Interval, 1, 2) - LostAdvert(own.Interval);
        return lease - Spans.Shorter(rest, Spans.Times(lease - own.Interval, 1, 2));
    }

    /// <summary>Adverts of a live holder arrive.</summary>
    public static bool LiveOnLan(ElectionState state, Moment now, ElectionSettings settings) =>
        state.Lan.LastAdvert is { } heard && now - heard < Deadline(state, settings);

    /// <summary>Since when no advert has arrived, as far as this node has listened.</summary>
    public static Moment AdvertsSilentSince(ElectionState state) => Moment.Max(state.Lan.LastAdvert ?? Moment.Zero, state.QuietFrom);

    /// <summary>After so long a silence an advert of a live holder is missing: ours have a deadline of three intervals at least, and for ucarp's there is no more time either.</summary>
    public static TimeSpan AdvertMissing(ElectionState state, ElectionSettings settings) => Spans.Shorter(LongerInterval(state, settings), Deadline(state, settings) / 3);

    /// <summary>Any beat of the peer arrives.</summary>
    public static bool BeatsFresh(ElectionState state, Moment now, ElectionSettings settings) =>
        state.Link.LastBeat is { } heard && now - heard < Deadline(state, settings) && state.Link.Status != LinkStatus.Refused;

    /// <summary>No beat of the peer, or none for 1.5 intervals.</summary>
    public static bool BeatsLate(ElectionState state, Moment now, ElectionSettings settings) =>
        state.Link.LastBeat is not { } heard || now - heard >= Late(state, settings);

    /// <summary>Beats arrive in which the peer holds or claims under a term that it has not released.</summary>
    public static bool LiveOnLink(ElectionState state, Moment now, ElectionSettings settings) =>
        BeatsFresh(state, now, settings) && state.Link.Beat is { } beat && Holds(beat) && beat.Term > state.Terms.Released;

    /// <summary>The sender of a beat holds the role or is about to.</summary>
    public static bool Holds(PeerBeat beat) =>
        beat.Role is Role.Active or Role.Replaying or Role.Claiming or Role.Releasing && beat.Term != Term.None;

    /// <summary>The peer is there and would claim if this node did not.</summary>
    public static bool PeerIsCandidate(ElectionState state, Moment now, ElectionSettings settings) =>
        BeatsFresh(state, now, settings) && state.Link.Beat is { Eligible: true, Role: Role.Starting or Role.Standby };

    /// <summary>The peer is there and cannot say yet what it has: its journal is still being read.</summary>
    public static bool PeerReads(ElectionState state, Moment now, ElectionSettings settings) =>
        BeatsFresh(state, now, settings) && state.Link.Beat is { Role: Role.Starting or Role.Standby, Replica.Journal: not JournalState.Usable };

    /// <summary>The peer is there, would claim, and has everything that was acknowledged.</summary>
    public static bool PeerIsReady(ElectionState state, Moment now, ElectionSettings settings) =>
        BeatsFresh(state, now, settings) && state.Link.Beat is { Eligible: true, Role: Role.Standby };

    /// <summary>The peer follows, and holds the same history to its end.</summary>
    public static bool PeerFollowsWhole(ElectionState state, Moment now, ElectionSettings settings) =>
        PeerIsReady(state, now, settings) && state.Link.Beat!.Replica is { InSync: true } replica && replica.Digest == state.Local.Replica.Digest;

    /// <summary>Rule 1: with nobody active, the higher (last term, version) claims first, then the one that knows it is complete; a tie goes to the lower name.</summary>
    public static bool PeerGoesFirst(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (!PeerIsCandidate(state, now, settings)) return false;
        var beat = state.Link.Beat!;
        var order = beat.Replica.LastTerm.CompareTo(state.Local.Replica.LastTerm);
        if (order == 0) order = beat.Replica.Version.CompareTo(state.Local.Replica.Version);
        if (order == 0) order = beat.Replica.InSync.CompareTo(state.Local.Replica.InSync);
        if (order == 0) order = beat.HighestTerm.CompareTo(state.Terms.Lived);
        if (order == 0) order = settings.Node.CompareTo(settings.Peer);
        return order > 0;
    }

    /// <summary>
    /// Since when no path has shown a live holder. The lease counts from adverts, and the last one may have been lost: it left an interval after the last one
    /// that was due when the peer was heard last. Where beats come without adverts their rhythm is not known, and the silence counts an interval after the last beat.
    /// </summary>
    public static Moment QuietSince(ElectionState state)
    {
        var began = SilenceBegan(state);
        return state.Unheard.Silence == began ? began + state.Unheard.Time : began;
    }

    /// <summary>The same without the time in which this node stood still.</summary>
    internal static Moment SilenceBegan(ElectionState state)
    {
        var (quiet, interval) = (state.QuietFrom, state.Link.PeerTiming?.Interval ?? TimeSpan.Zero);
        var beat = state.Link.LastHolderBeat ?? Moment.Zero;
        quiet = Moment.Max(quiet, beat);
        if (state.Lan.LastAdvert is not { } advert) return state.Link.LastHolderBeat is null ? quiet : Moment.Max(quiet, beat + interval);
        if (beat - advert > Spans.Times(interval, 3, 2)) return Moment.Max(quiet, beat + interval);
        var due = beat - advert > interval ? advert + interval : advert;
        return Moment.Max(quiet, due + LostAdvert(state.Link.PeerTiming is null ? state.Lan.Gaps.Interval : interval));
    }

    /// <summary>What one more advert, which was lost, lets the addresses be held, as far as the standby waits for it: an outage lasts so much longer.</summary>
    private static TimeSpan LostAdvert(TimeSpan interval) => Spans.Shorter(Spans.Times(interval, 1, 2), TimeSpan.FromMilliseconds(50));

    /// <summary>After so long a silence, 1.5 I, the address, the witnesses and the neighbours are asked.</summary>
    public static TimeSpan ProbesBegin(ElectionSettings settings) => Spans.Times(settings.Timing.Interval, 3, 2);

    /// <summary>Rule 5: the peer's process is gone, and nothing of it was heard on the LAN since. A refusal from before this node stood still says nothing of what came meanwhile.</summary>
    public static bool ProcessGone(ElectionState state) =>
        state.Link.Status == LinkStatus.Refused && (state.Lan.LastAdvert is not { } advert || advert < state.Link.StatusSince)
        && !(state.StoodStillAt >= state.Link.StatusSince);

    /// <summary>
    /// The peer's kernel may hold the address of a process that is gone, or may be: a holder's connection has ended, and its port closes up to 0.4 s later, which the next look
    /// may miss.
    /// </summary>
    public static bool KernelMayHold(ElectionState state, Moment now, ElectionSettings settings) =>
        ProcessGone(state)
        || (state.Link.GoneSince is { } gone && now - gone < ElectionSettings.KernelHolds
            && LastSign(state) is not null && gone - QuietSince(state) < Deadline(state, settings) * 2);

    /// <summary>For how long it may, at most: for people.</summary>
    public static TimeSpan KernelHoldsFor(ElectionState state, Moment now, ElectionSettings settings) =>
        state.Link.GoneSince is { } gone && KernelMayHold(state, now, settings) ? Spans.Longer(gone + ElectionSettings.KernelHolds - now, TimeSpan.Zero) : TimeSpan.Zero;

    /// <summary>
    /// The host of the last holder is dead, stands still or is on no path: nothing of it answers in the silence, neither the group's address nor its own, which did just before; each was asked for ten
    /// times. A loss of 30 % does not look like that.
    /// </summary>
    public static bool HostGone(ElectionState state, Moment now, ElectionSettings settings)
    {
        var began = SilenceBegan(state);
        var asked = began + ProbesBegin(settings);
        return state.Probe is { Unanswered: >= 10, LastAnswer: null } && !KernelMayHold(state, now, settings)
            && state.Neighbours.PeerAnsweredAt is { } known && known < asked && began - known < RecentRounds && !(state.Contact.Peer >= asked);
    }

    /// <summary>So long ago a holder was heard at most that a release of it which was not heard keeps it from claiming.</summary>
    public static bool HeldOfLate(ElectionState state, Moment now, ElectionSettings settings) => now - LastSign(state) < Deadline(state, settings) * 2;

    /// <summary>When a holder was heard last on any path; null for none since the start or its release.</summary>
    internal static Moment? LastSign(ElectionState state) =>
        (state.Lan.LastAdvert, state.Link.LastHolderBeat) is ({ } advert, { } beat) ? Moment.Max(advert, beat) : state.Lan.LastAdvert ?? state.Link.LastHolderBeat;

    /// <summary>One word a path, for status and history.</summary>
    public static EvidenceSummary Summary(ElectionState state, Moment now, ElectionSettings settings) =>
        new(Heartbeat(state, now, settings), Cluster(state, now, settings), Lan(state, now));

    private static PathEvidence Heartbeat(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (state.Lan.LastAdvert is { } heard)
        {
            var age = now - heard;
            if (age < Late(state, settings)) return PathEvidence.Ok;
            if (age < Deadline(state, settings)) return PathEvidence.Late;
            return LiveOnLink(state, now, settings) || !BeatsFresh(state, now, settings) ? PathEvidence.Lost : PathEvidence.Silent;
        }
        if (LiveOnLink(state, now, settings)) return PathEvidence.Lost;
        return state.Link.Beat is null ? PathEvidence.Unknown : PathEvidence.Silent;
    }

    private static PathEvidence Cluster(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (state.Link.LastBeat is not { } heard) return state.Link.Status == LinkStatus.Refused ? PathEvidence.Lost : PathEvidence.Unknown;
        if (!BeatsFresh(state, now, settings)) return PathEvidence.Lost;
        return now - heard < Late(state, settings) ? PathEvidence.Ok : PathEvidence.Late;
    }

    private static PathEvidence Lan(ElectionState state, Moment now)
    {
        if (state.Neighbours.ReportedAt is null) return PathEvidence.Unknown;
        return state.Neighbours.PeerAnsweredAt is { } heard && now - heard < RecentRounds ? PathEvidence.Ok : PathEvidence.Lost;
    }

    /// <summary>After 1.5 intervals a beat or advert is late.</summary>
    private static TimeSpan Late(ElectionState state, ElectionSettings settings) =>
        LongerInterval(state, settings) * 1.5;
}
