using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// The questions of rules 4 and 10 to the LAN, in rounds: the peer and the witnesses, and where nobody is heard, or when the
/// election asks, up to eight neighbours. Who has not answered is asked again, so that a lost frame is not a lost host.
/// </summary>
/// <param name="context">What it works with.</param>
/// <param name="peer">What is known of the peer.</param>
/// <param name="threads">Sends the questions.</param>
/// <param name="tell">Takes inputs of the election.</param>
/// <param name="wakeAt">Has <see cref="Again"/> called at that moment, instead of any given before.</param>
internal sealed class LanRounds(HeartbeatContext context, PeerRecord peer, HeartbeatThreads threads, Action<ElectionInput> tell, Action<Moment> wakeAt)
{
    /// <summary>Between two questions to the same host within a round.</summary>
    private static readonly TimeSpan Pace = ElectionSettings.NeighbourWindow / 6;

    /// <summary>After so many questions to peer and witnesses without any answer the neighbours are asked too.</summary>
    private const int WidenAfter = 2;

    /// <summary>So often everybody is asked, however late its timers: two lost frames are not a lost host.</summary>
    private const int AskedAtLeast = 3;

    /// <summary>So long after the election has asked for them it is told of answers; where there are witnesses it always is.</summary>
    private static readonly TimeSpan ContactsWanted = TimeSpan.FromSeconds(1);

    private readonly NeighbourBook _book = new();
    private LanRound? _round;
    private Moment _againAt = Moment.Never;
    private LanReport? _told;
    private bool _another;
    private Moment _contactsAsked = Moment.Zero;

    private IReadOnlyList<IPAddress> Witnesses => context.Group.Witnesses;

    /// <summary>The regular round: who must be there.</summary>
    public void BeginRegular()
    {
        if (_round is null && (peer.Facts.Address is not null || Witnesses.Count > 0)) Begin(thorough: false);
    }

    /// <summary>A round over the neighbours; where one is under way another one follows it.</summary>
    public void BeginThorough()
    {
        if (_round is null) Begin(thorough: true);
        else if (_round.Thorough) _another = true;
        else
        {
            Widen(_round);
            Ask(_round);
        }
    }

    /// <summary>Asks witnesses and peer once, outside any round.</summary>
    public void AskContacts()
    {
        foreach (var witness in Witnesses) Ask(witness, null);
        AskPeer();
    }

    /// <summary>Asks the peer alone once, outside any round.</summary>
    public void AskPeer()
    {
        _contactsAsked = context.Clock.Now;
        if (peer.Facts.Address is { } address) Ask(address, peer.Facts.Mac);
    }

    /// <summary>Takes the answer of a host that was asked.</summary>
    public void Answered(LanStation station)
    {
        var now = context.Clock.Now;
        _book.Answered(station, now);
        var witness = Witnesses.Contains(station.Address);
        if ((Witnesses.Count > 0 || now - _contactsAsked < ContactsWanted) && (witness || station.Address.Equals(peer.Facts.Address))) tell(new LanContact(witness));
        if (_round is null) return;
        _round.Answered(station.Address);
        if (_round.IsComplete) End(_round);
    }

    /// <summary>The time for answers is over: those who have not answered are asked again, or the round ends.</summary>
    public void Again()
    {
        if (_round is not { } round || context.Clock.Now < _againAt) return;
        var over = context.Clock.Now >= round.Until && round.Times >= AskedAtLeast;
        // A timer of a starved process comes late, past the end of the round: "nobody" is never said before everybody was asked.
        if (!round.Thorough && !round.Report.HearsSomebody && (over || round.Times >= WidenAfter)) Widen(round);
        else if (over)
        {
            End(round);
            return;
        }
        // The peer decides on what this node hears: it need not wait until all others have had their time.
        if (round.Report.HearsSomebody) Tell(round);
        Ask(round);
    }

    /// <summary>The peer has heard these hosts.</summary>
    public void PeerHears(IEnumerable<IPAddress> addresses)
    {
        foreach (var address in addresses.Where(IsOther)) _book.Learn(address);
    }

    private void Begin(bool thorough)
    {
        _told = null;
        _round = new LanRound(peer.Facts.Address, Witnesses, context.Clock.Now + ElectionSettings.NeighbourWindow);
        if (thorough) Widen(_round);
        Ask(_round);
    }

    private void Widen(LanRound round)
    {
        foreach (var gateway in context.Lan.Gateways(context.Group.Interface).Where(IsOther)) _book.Learn(gateway);
        foreach (var station in context.Lan.Neighbours(context.Group.Interface, NeighboursHeard.Most * 2).Where(station => IsOther(station.Address))) _book.Learn(station.Address, station.Mac);
        round.Widen(_book.Choose(NeighboursHeard.Most), context.Clock.Now + ElectionSettings.NeighbourWindow);
    }

    private void Ask(LanRound round)
    {
        // A host may have another station than it had: who does not answer there is looked for everywhere.
        foreach (var address in round.Unanswered)
            Ask(address, address.Equals(peer.Facts.Address) ? peer.Facts.Mac : round.Times == 0 ? _book.StationOf(address) : null);
        round.Times++;
        if (round.IsComplete) End(round);
        else WakeAt(context.Clock.Now + Pace);
    }

    private void WakeAt(Moment moment)
    {
        _againAt = moment;
        wakeAt(moment);
    }

    private void Ask(IPAddress address, MacAddress? station)
    {
        threads.Stations.Await(address);
        threads.Ask(address, station);
    }

    private void Tell(LanRound round)
    {
        var report = round.Report;
        if (report == _told) return;
        _told = report;
        tell(new NeighboursReported(report));
    }

    private void End(LanRound round)
    {
        _round = null;
        _told = null;
        WakeAt(Moment.Never);
        if (!round.AsksNobody) tell(new NeighboursReported(round.Report));
        if (round.Thorough)
        {
            foreach (var address in round.Unanswered) _book.Missed(address);
            if (_book.Heard(NeighboursHeard.Most) is { Count: > 0 } heard) context.Link.Tell(new SendToPeer(context.Group.Name, new NeighboursHeard(heard)), Akka.Actor.ActorRefs.NoSender);
        }
        if (!_another) return;
        _another = false;
        Begin(thorough: true);
    }

    /// <summary>Neither of the pair, nor an address that they serve, nor a witness, which is asked anyway.</summary>
    private bool IsOther(IPAddress address) =>
        !address.Equals(peer.Facts.Address) && !address.Equals(threads.Source) && !Witnesses.Contains(address)
        && !context.Group.VirtualAddresses.Any(served => served.Address.Equals(address));
}
