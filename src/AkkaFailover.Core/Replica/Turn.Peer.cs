using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Replica;

/// <summary>Beats and what they prove: who may believe what for how long.</summary>
internal sealed partial class Turn
{
    private void OnMessage(ReplicaMessage message)
    {
        if (Replica.Mode == ReplicaMode.Recovering)
            return;
        switch (message)
        {
            case ReplicaBeat beat: OnBeat(beat); break;
            case ReplicaEcho echo: OnEcho(echo); break;
            case Append append: OnAppend(append); break;
            case Appended answer: OnAppended(answer); break;
            case Cut cut: OnCut(cut); break;
            case AskMarks ask: OnAskMarks(ask); break;
            case Marks marks: OnMarks(marks); break;
            case Install install: OnInstall(install); break;
            case InstallPart part: OnInstallPart(part); break;
            case InstallEnd end: OnInstallEnd(end); break;
            case Installed installed: OnInstalled(installed); break;
            case Orphaned orphaned: OnOrphaned(orphaned); break;
            case CannotPersist cannot: OnCannotPersist(cannot); break;
            case Goodbye: Peer = Peer with { Gone = true, Leading = false, Stage = Stage.Unknown }; break;
            default: throw new ArgumentOutOfRangeException(nameof(message), message, null);
        }
    }

    private void OnLink(LinkStatus status)
    {
        var begins = status == LinkStatus.Connected && Peer.Link != LinkStatus.Connected;
        if (begins || status != LinkStatus.Connected)
            Peer = Peer.Restart(Stage.Unknown, Peer.Next);
        Peer = Peer with
        {
            Link = status,
            Gone = status == LinkStatus.Refused || !rules.PeerIsOurs || (Peer.Gone && status != LinkStatus.Connected),
            Leading = Peer.Leading && status != LinkStatus.Refused,
        };
        if (begins)
            Replica = Replica with { NextBeat = now };
    }

    private void OnBeat(ReplicaBeat beat)
    {
        // That it could not write then says nothing of what it was granted since.
        if (Peer.Replaced.Contains(beat.Incarnation))
            return;
        if (beat.Incarnation != Peer.Incarnation)
            Peer = Peer.Succeeded(beat.Incarnation);
        Peer = Peer with { Leading = beat.Leading, Healthy = beat.Healthy, Gone = !beat.Healthy };
        Hear(beat.Mark, digestKnown: true);
        if (beat.Leading && beat.Term > Replica.Term)
            Depose(beat.Term);
        if (Replica.Leads)
            NoteRefusal(beat.Term > Replica.Term ? beat.Term : null);
        if (beat.Leading && Replica.Mode == ReplicaMode.Following && State.Contains(beat.Mark.Version, beat.Mark.Digest))
            CommitAsTold(beat.Mark.Version);
        if (Replica.Leads && beat.Healthy && (Peer.Stage is not (Stage.Streaming or Stage.Installing) || Peer.IsSlow(now)))
            Probe();
        if (Replica.Mode == ReplicaMode.Following && beat.Healthy && (beat.Mark.Version > State.Last || beat.Mark == Replica.MarkAt(State.Last)))
        {
            // What it is granted now lets it claim, and go on without this one.
            Replica = Replica with { NotAlone = true };
            SettleAlone();
        }
        var granted = beat.Healthy && Grants;
        if (granted)
            Peer = Peer with { GrantUntil = Moment.Max(Peer.GrantUntil, now + (beat.Window > rules.Window ? beat.Window : rules.Window)) };
        var echo = new ReplicaEcho(beat.Incarnation, beat.Sent, Replica.Leads, granted, Replica.Position);
        if (Replica.Mode == ReplicaMode.Following && !IsSetDurable)
            Defer(new Send(echo));
        else
            Tell(echo);
    }

    /// <summary>A follower that has seen a higher term takes nothing under ours; said once, for the election must go above it.</summary>
    private void NoteRefusal(Term? seen)
    {
        if (seen is { } term && term != Peer.Refusal)
        {
            Put(new Say("note", $"{rules.Peer} has seen term {term} and takes no changes under our {Replica.Term}, until our term is above it"));
            Put(new Inform(new TermRefused(term)));
        }
        Peer = Peer with { Refusal = seen };
    }

    /// <summary>Whether nothing will be acknowledged without the peer until W has passed.</summary>
    private bool Grants => Replica.Mode switch
    {
        ReplicaMode.Following => PeerIsMember,
        ReplicaMode.Leading or ReplicaMode.Flushing => PeerIsMember
            && IsSetDurable
            && Peer.Stage == Stage.Streaming
            && !Peer.IsSlow(now)
            && (Peer.Match >= State.Committed || rules.Acknowledge == AcknowledgeMode.Local),
        _ => false,
    };

    private void OnEcho(ReplicaEcho echo)
    {
        var sent = new Moment(echo.Sent);
        if (echo.Incarnation != Replica.Incarnation || sent > now)
            return;
        Hear(echo.Mark, digestKnown: true);
        // A leader knows what it granted; of a node that does not lead, the log itself must be part of ours.
        if (echo.InSync && (echo.Leading || State.Contains(echo.Mark.Version, echo.Mark.Digest)))
            Peer = Peer with { InSyncUntil = Moment.Max(Peer.InSyncUntil, sent + rules.Window) };
        else
            Peer = Peer with { InSyncUntil = Moment.Zero };
    }

    private void Hear(Mark mark, bool digestKnown)
    {
        if (digestKnown || Peer.Heard is not { } heard || mark.Version > heard.Version)
            Peer = Peer with { Heard = mark };
    }

    private void OnCannotPersist(CannotPersist cannot)
    {
        if (Peer.Replaced.Contains(cannot.Incarnation))
            return;
        Peer = Peer with { Healthy = false };
        if (!Replica.Leads || cannot.Term != Replica.Term)
            return;
        if (NeedsPeer && Peer.Offered > State.Committed)
            Abort($"{rules.Peer} cannot write it ({cannot.Reason})", peerForgets: cannot.Kept <= State.Committed);
        Peer = Peer.Restart(Stage.Unknown, 1) with { Gone = true };
    }
}
