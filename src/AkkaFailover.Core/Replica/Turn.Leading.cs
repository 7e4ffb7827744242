using System.Collections.Immutable;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Replica;

/// <summary>The active's part: ordering, committing, and bringing the follower along.</summary>
internal sealed partial class Turn
{
    private bool PeerIsMember => State.InSync.Contains(rules.Peer);

    private bool IsSetDurable => Replica.Writes.Durable >= Replica.SetPlace;

    /// <summary>
    /// Whether a change must be on the peer's disk too. A peer that is not in the set may still believe that it is, by what was granted
    /// to it in another role or run: until that has passed it counts as if it were.
    /// </summary>
    private bool NeedsPeer => rules.Acknowledge != AcknowledgeMode.Local
        && (PeerIsMember || (now < Peer.GrantUntil && !Peer.Gone) || !IsSetDurable || (State.InSync.IsEmpty && now < Replica.DecidesAloneFrom));

    private void OnChange(ChangeRequested request)
    {
        var refusal = WhyNoChange() ?? ChangeRules.Refuse(request.Key, request.Value, request.By)
            ?? (request.Value is not null && Conflict.IsKey(request.Key) ? "keys of conflicts are reserved" : null);
        if (refusal is not null)
        {
            Put(new Answer(request.Request, request.Key, new Refused(refusal, Uncertain: false)));
            return;
        }
        Order(request.Key, request.Value, request.By);
        Replica = Replica with
        {
            Waiting = Replica.Waiting.Enqueue(new Waiting(request.Request, request.Key, State.Last)),
            WaitingCount = Replica.WaitingCount + 1,
        };
    }

    private void Order(string key, byte[]? value, string by)
    {
        var change = new Change(State.Last + 1, Replica.Term, NextTime(), by, key, value);
        var chained = new ChainedChange(change, change.Chain(State.DigestAt(State.Last)));
        Emit(new Prepared(Replica.Term, wall, rules.Self.Value, [chained]), forced: true);
        Replica = Replica with { LastOrdered = change.At };
    }

    public string? WhyNoChange() => Replica.Mode switch
    {
        ReplicaMode.Leading when Replica.WaitingCount >= ReplicaRules.MaxWaiting =>
            $"{ReplicaRules.MaxWaiting} changes wait already: try again",
        ReplicaMode.Leading when rules.Acknowledge == AcknowledgeMode.BothOrRefuse && !NeedsPeer =>
            $"{rules.Peer} is not in sync and config.acknowledge = both-or-refuse: bring {rules.Peer} ({rules.PeerAddress}) back",
        ReplicaMode.Leading => null,
        ReplicaMode.Recovering => "the journal is still being read: try again",
        ReplicaMode.Broken => JournalFault(Replica.Fault),
        ReplicaMode.Flushing => $"the role is being handed over to {rules.Peer} ({rules.PeerAddress}): run it there",
        ReplicaMode.Replaying => "this node is claiming: try again",
        _ when Peer.Leading && Peer.Link == LinkStatus.Connected =>
            $"this node is standby; the active is {rules.Peer} ({rules.PeerAddress}): run it there",
        _ => $"this node is standby and does not see an active: failoverctl status on both nodes tells who is, {rules.Peer} is at {rules.PeerAddress}",
    };

    /// <summary>Whole microseconds, always later than the change before.</summary>
    private DateTimeOffset NextTime()
    {
        var previous = State.LastAt > Replica.LastOrdered ? State.LastAt : Replica.LastOrdered;
        var time = new DateTimeOffset(wall.UtcTicks - (wall.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        return time > previous ? time : previous.AddMicroseconds(1);
    }

    /// <summary>
    /// A leader that is late for its beat, or for one of its looks while the peer is silent, stood still, perhaps for longer than its lease. What the clock and
    /// the link say then of the peer's silence may only show that the peer has led meanwhile, which the election is about to find.
    /// </summary>
    private void NoticeStandstill()
    {
        var stoodStill = now - Replica.NextBeat > ReplicaRules.Standstill || (Looks(Replica, rules) && now - Replica.LastStep > ReplicaRules.Standstill);
        // Once it waits, another one adds nothing: on a starved host it would never decide.
        if (Replica.Leads && stoodStill && now >= Replica.DecidesAloneFrom)
            Replica = Replica with { DecidesAloneFrom = now + ReplicaRules.LastWord };
        Replica = Replica with { LastStep = now };
    }

    /// <summary>The peer has missed a beat: unless it answers, this node goes on alone soon, and a standstill must not go unnoticed until then.</summary>
    private static bool Looks(ReplicaNode replica, ReplicaRules rules) =>
        replica.Leads && !replica.Peer.Gone && replica.State.InSync.Length != 1
        && replica.Peer.GrantUntil - replica.LastStep < rules.Window - (ReplicaRules.BeatInterval + ReplicaRules.Standstill);

    /// <summary>When a leader may decide that changes count without the peer, unless the peer speaks. Until then it looks, or it would take its own sleep for a standstill and wait again, for ever.</summary>
    private static Moment AloneFrom(ReplicaNode replica) => Moment.Max(replica.DecidesAloneFrom, replica.Peer.Gone ? Moment.Zero : replica.Peer.GrantUntil);

    private void SettleMembership()
    {
        if (PeerIsMember && now >= AloneFrom(Replica))
            SetMembers($"{rules.Peer} is not in sync any more: changes are acknowledged by this node alone", rules.Self);
        else if (!PeerIsMember && CanJoin)
        {
            SetMembers($"{rules.Peer} is in sync", rules.Self, rules.Peer);
            Peer = Peer with { GrantUntil = Moment.Max(Peer.GrantUntil, now + rules.Window) };
        }
        else if (State.InSync.IsEmpty && !NeedsPeer)
            SetMembers($"changes are acknowledged by this node alone until {rules.Peer} is in sync", rules.Self);
    }

    private bool CanJoin => Peer is { Stage: Stage.Streaming, Gone: false, Healthy: true, Link: LinkStatus.Connected }
        && State.Committed - Peer.Match <= ReplicaRules.CloseEnough && !Peer.IsSlow(now) && !LacksContent;

    /// <summary>What the peer does not have yet names a blob, which may take it minutes to fetch: no change waits for that.</summary>
    private bool LacksContent => State.After(Math.Max(Peer.Match, State.Start.Version)).Any(chained => NamedBlobs.In(chained.Change) is not null);

    private void SetMembers(string text, params ReadOnlySpan<NodeName> nodes)
    {
        WriteMembers(Replica.Replicated, nodes);
        Put(new Say("note", text));
    }

    private void WriteMembers(long replicated, params ReadOnlySpan<NodeName> nodes)
    {
        Emit(new InSyncSet(Replica.Term, wall, rules.Self.Value, [.. nodes], replicated), forced: true);
        Replica = Replica with { SetPlace = Replica.Writes.Needed };
    }

    private void SettleCommit()
    {
        if (rules.Acknowledge == AcknowledgeMode.BothOrRefuse && !NeedsPeer && State.Committed < State.Last)
            Abort($"{rules.Peer} has gone before it had the change, and config.acknowledge = both-or-refuse", peerForgets: false);
        var both = Math.Min(Replica.Durable, Peer.Match);
        CommitUpTo(both, replicated: true);
        if (!NeedsPeer)
            CommitUpTo(Replica.Durable, replicated: false);
    }

    private void CommitUpTo(long version, bool replicated)
    {
        if (version <= State.Committed)
            return;
        Emit(new Committed(Replica.Term, wall, rules.Self.Value, version, replicated), forced: false);
        while (!Replica.Waiting.IsEmpty && Replica.Waiting.Peek().Version <= version)
        {
            Replica = Replica with { Waiting = Replica.Waiting.Dequeue(out var first), WaitingCount = Replica.WaitingCount - 1 };
            Put(new Answer(first.Request, first.Key, new Acknowledged(first.Version, replicated)));
        }
    }

    /// <summary>Takes back every change that does not count yet, here and on the peer.</summary>
    private void Abort(string reason, bool peerForgets)
    {
        if (State.Committed == State.Last)
            return;
        var uncertain = Withdraw(State.Committed) && !peerForgets;
        Emit(new Aborted(Replica.Term, wall, rules.Self.Value, State.Committed, reason), forced: true);
        Forget(State.Committed);
        var words = uncertain ? $"{reason}; it is taken back here" : $"{reason}; it is taken back";
        foreach (var (request, key, _) in Replica.Waiting)
            Defer(new Answer(request, key, new Refused(words, uncertain)));
        Replica = Replica with { Waiting = [], WaitingCount = 0 };
    }

    /// <summary>Tells the follower to take back what is above a version.</summary>
    /// <returns>Whether the follower may have any of it.</returns>
    private bool Withdraw(long keep)
    {
        if (Peer.Offered <= keep)
            return false;
        Peer = Peer.Restart(Peer.Stage, keep + 1) with { Match = Math.Min(Peer.Match, keep) };
        Tell(new Cut(Replica.Term, Peer.Stream, Replica.MarkAt(keep + 1)));
        return true;
    }

    /// <summary>Sends what is on its way to this node's disk and not yet to the follower's, as far as its credit goes.</summary>
    private void Pump()
    {
        if (Peer.Link != LinkStatus.Connected || Peer.Gone)
            return;
        if (Peer.Stage == Stage.Unknown)
            Probe();
        if (Peer.Stage == Stage.Installing)
            PumpParts();
        if (Peer.Stage == Stage.Streaming && Peer.Next <= State.Start.Version)
            BeginInstall();
        while (Peer.Stage == Stage.Streaming && Peer.Next <= Sendable && Peer.UnansweredCount < ReplicaRules.MaxUnanswered && Peer.ContentSent <= Peer.Match)
            SendAppend(NextMessage());
        if (Peer.Stage == Stage.Streaming && Replica.OwesCommit && now - Replica.CommitToldAt >= ReplicaRules.Coalesce)
            SendAppend([]);
    }

    private long Sendable => Math.Max(Replica.Durable, Replica.Writing);

    private void Probe()
    {
        Peer = Peer.Restart(Stage.Probing, State.Last + 1);
        Tell(new Append(Replica.Term, Peer.Stream, Replica.MarkAt(State.Last), [], State.Committed));
    }

    private void SendAppend(ImmutableArray<Change> changes)
    {
        Tell(new Append(Replica.Term, Peer.Stream, Replica.MarkAt(Peer.Next - 1), changes, State.Committed));
        var last = Peer.Next - 1 + changes.Length;
        Peer = Peer with { Next = last + 1, CommitTold = State.Committed };
        if (changes.Length > 0)
        {
            Peer = Peer.Sent(last, now) with { Offered = Math.Max(Peer.Offered, last) };
            if (changes.Any(change => NamedBlobs.In(change) is not null))
                Peer = Peer with { ContentSent = last };
        }
        Replica = Replica with { CommitToldAt = now };
    }

    private void OnAppended(Appended answer)
    {
        if (answer.Term != Replica.Term || answer.Stream != Peer.Stream)
            return;
        if (Replica.Withdrawal is { } withdrawn && answer.Mark.Version <= withdrawn.Keep)
            Refuse(withdrawn, withdrawn.Durable);
        if (!Replica.Leads)
            return;
        if (answer.Mark.Version < State.Start.Version)
            BeginInstall();
        else if (!State.Contains(answer.Mark.Version, answer.Mark.Digest))
            Search(Math.Max(1, State.Start.Version), answer.Mark.Version);
        else if (answer.Gap || Peer.Stage != Stage.Streaming)
            Peer = Peer.Restart(Stage.Streaming, answer.Mark.Version + 1).Confirm(answer.Mark.Version);
        else if (answer.Mark.Version >= Peer.Match)
            Peer = Peer.Confirm(answer.Mark.Version);
    }

    private void Search(long from, long to)
    {
        Peer = Peer.Restart(Stage.Searching, Peer.Next) with { SearchFrom = from };
        Tell(new AskMarks(Replica.Term, Peer.Stream, from, to));
    }

    /// <summary>Narrows the range until the first version of the follower that is not ours stands beside the last common one.</summary>
    private void OnMarks(Marks answer)
    {
        if (!Replica.Leads || answer.Term != Replica.Term || answer.Stream != Peer.Stream || Peer.Stage != Stage.Searching)
            return;
        var common = answer.Found.TakeWhile(m => State.Contains(m.Version, m.Digest)).Select(m => m.Version).LastOrDefault();
        var foreign = answer.Found.SkipWhile(m => State.Contains(m.Version, m.Digest)).ToList();
        if (foreign.Count == 0)
            Probe();
        else if (common == 0 && (foreign[0].Version > Peer.SearchFrom || (Peer.SearchFrom > 1 && Peer.SearchFrom == State.Start.Version)))
            // Beyond that the follower's log or this one does not go back.
            BeginInstall();
        else if (foreign[0].Version == common + 1 || foreign[0].Version == answer.Found[0].Version)
        {
            Peer = Peer.Restart(Stage.Searching, foreign[0].Version);
            Tell(new Cut(Replica.Term, Peer.Stream, foreign[0]));
        }
        else
            Search(common + 1, foreign[0].Version);
    }
}
