using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Simulation;

/// <summary>The daemon's end of the cluster link: what its transport shows, and beats.</summary>
public sealed partial class Host
{
    private LinkStatus _linkShown = LinkStatus.Unknown;
    private bool _looksAtLink;
    private Moment? _absentSince;
    private int _meetings;

    /// <summary>What the transport of the link shows.</summary>
    public bool LinkShows(LinkStatus status) => _linkShown == status;

    private void SendBeat() => SendOverLink(new BeatHeard(ElectionMachine.BeatOf(_state, _world.Now, _settings)));

    private void SendOverLink(ElectionInput said) => _world.Link.Stream(this, () =>
    {
        if (Peer.LinkShows(LinkStatus.Connected)) Peer.Take(said);
    });

    /// <summary>The transport notices a peer that is there within a tenth of a second, a port that is closed within 0.4 s, a peer that is gone by its silence.</summary>
    public void LinkMayDiffer()
    {
        if (!DaemonAlive || _hung || _looksAtLink) return;
        _looksAtLink = true;
        Later(_world.Between(20, Peer.DaemonAlive ? 100 : 400) + _world.Link.RoundTrip, LookAtLink);
    }

    /// <summary>What the link's transport shows: connected, refused (host there, process gone) or lost.</summary>
    private void LookAtLink()
    {
        _looksAtLink = false;
        var host = _world.Link.Whole && Peer.HostAlive && !Peer.Frozen && HostAlive;
        _absentSince = host ? null : _absentSince ?? _world.Now;
        if (_absentSince is { } since && _linkShown == LinkStatus.Connected && _world.Now - since < LinkMachine.SilenceLimit)
        {
            // Nothing ends the connection but its silence, which is looked for each second.
            Later(since + LinkMachine.SilenceLimit - _world.Now + _world.Between(0, 1_000), LinkMayDiffer);
            return;
        }
        var shown = !host ? LinkStatus.Lost : Peer.DaemonAlive ? LinkStatus.Connected : LinkStatus.Refused;
        if (shown == _linkShown || _hung) return;
        ShowLink(shown);
        if (shown == LinkStatus.Connected) Peer.Later(_world.Link.Behind(this, _world.Between(0.1, 2)), Peer.MeetAnew);
    }

    /// <summary>The other end has greeted: whatever connection there was before is gone for this end too.</summary>
    private void MeetAnew()
    {
        if (_hung)
        {
            Defer(MeetAnew);
            return;
        }
        if (!_world.Link.Whole || Peer.Hangs) return; // and gone again: the next look shows it
        if (_linkShown == LinkStatus.Connected) ShowLink(LinkStatus.Lost);
        ShowLink(LinkStatus.Connected);
    }

    /// <summary>The kernel of a host closes the connections of a process that is gone; its port goes last, which is seen by the next look.</summary>
    private Action EndOfConnection()
    {
        var meeting = _meetings;
        return End;

        void End()
        {
            if (_hung) Defer(End);
            else if (_linkShown == LinkStatus.Connected && _meetings == meeting) ShowLink(LinkStatus.Lost, ended: true);
        }
    }

    private void ShowLink(LinkStatus shown, bool ended = false)
    {
        _linkShown = shown;
        if (shown == LinkStatus.Connected) _meetings++;
        if (shown == LinkStatus.Connected) Take(new PeerGreeted(new PeerGreeting(Peer._settings.Timing)));
        Take(new LinkChanged(shown, "") { Ended = ended });
        if (Replica is not null) Replica.Step(new PeerLink(shown));
        else if (shown == LinkStatus.Connected) Later(_world.Between(5, 200), () =>
        {
            _hasMet = true;
            TellPosition();
        });
    }
}
