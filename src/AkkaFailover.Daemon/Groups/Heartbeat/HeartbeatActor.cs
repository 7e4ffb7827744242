using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Stalls;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// The group on the LAN. Adverts come and go on threads of their own, past this actor; it starts and stops them, runs the
/// rounds of LAN probes, remembers the peer, and turns counters into alarms.
/// </summary>
public sealed class HeartbeatActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>Ticks between two rounds over the neighbours while all is well: whom to ask when it is not.</summary>
    private const int SurveyEvery = 10;

    private readonly HeartbeatContext _context;
    private readonly IActorRef _election;
    private readonly PeerRecord _peer;
    private HeartbeatThreads? _threads;
    private HeartbeatAlarms? _alarms;
    private LanRounds? _rounds;
    private WakeThread? _wake;
    private int _ticks;
    private MacAddress _announcedMac;

    /// <summary>Creates the actor.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="election">Gets what was heard.</param>
    public HeartbeatActor(HeartbeatContext context, IActorRef election)
    {
        _context = context;
        _election = election;
        _peer = new PeerRecord(new PeerFile(context.PeerFile), Carp.Peer, context.Clock);
        Receive<StartAdverts>(Start);
        Receive<StopAdverts>(_ => Stop());
        Receive<SendRelease>(release =>
        {
            Stop();
            Threads.SendRelease(release.Term);
        });
        Receive<ProbeAddress>(_ => AskForAddress());
        Receive<ProbeNeighbours>(_ => Rounds.BeginThorough());
        Receive<AskContacts>(_ => Rounds.AskContacts());
        Receive<AskPeer>(_ => Rounds.AskPeer());
        Receive<StationHeard>(heard => Rounds.Answered(heard.Station));
        Receive<AskAgain>(_ => Rounds.Again());
        Receive<NeighboursHeard>(heard => Rounds.PeerHears(heard.Addresses));
        Receive<PeerLanKnown>(Know);
        Receive<Tick>(_ => Watch());
        Receive<ElectionReport>(report => Threads.Adverts.Seen(report.HighestTerm));
        Receive<GetHeartbeatStats>(_ => Sender.Tell(Statistics()));
        Receive<PeekAdverts>(peek => Sender.Tell(Threads.Trace.Last(peek.Count)));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private CarpSettings Carp => _context.Group.Heartbeat.Carp;

    private HeartbeatThreads Threads => _threads!;

    private LanRounds Rounds => _rounds!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _threads = new HeartbeatThreads(_context, _peer.Facts, input => _election.Tell(input), station => self.Tell(new StationHeard(station)));
        _wake = new WakeThread(_context.Clock, () => self.Tell(new AskAgain()), $"rounds-{_context.Group.Name}");
        _rounds = new LanRounds(_context, _peer, Threads, input => _election.Tell(input), _wake.At);
        _alarms = new HeartbeatAlarms(Threads.Adverts, Threads.Stations, Carp.Vhid);
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, TickInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _wake?.Dispose();
        if (_threads is null) return;
        _threads.Dispose();
        _peer.Save(Threads.Adverts.Counters);
    }

    private void Start(StartAdverts start)
    {
        // The guard must be able to release this term before anything is said under it.
        _context.Keeper.ArmRelease(Threads.Release(start.Term));
        Threads.Sender.Start(start.Term, start.Lease);
        Threads.Adverts.Seen(start.Term);
    }

    private void Stop()
    {
        Threads.Sender.Stop();
    }

    private void AskForAddress()
    {
        if (!Threads.Ask(_context.Group.ProbedAddress!.Address, Threads.Stations.Peer)) _election.Tell(new AddressNotAsked());
    }

    private void Know(PeerLanKnown peer)
    {
        _peer.Know(peer.Source, peer.Mac);
        Threads.Stations.Peer = peer.Mac;
        // Only what the peer says now: an address remembered from before might shut it out after it was given another one.
        Threads.Adverts.PeerIs(peer.Source);
    }

    private void Watch()
    {
        foreach (var effect in _alarms!.Look(_context.Clock.Now)) _election.Tell(effect);
        _election.Tell(new GetElection());
        if (_announcedMac != Threads.Mac)
        {
            _announcedMac = Threads.Mac;
            _context.Link.Tell(new GroupLan(_context.Group.Name, Threads.Source, _announcedMac));
        }
        _peer.SaveSometimes(Threads.Adverts.Counters);
        if (++_ticks % SurveyEvery == 2) Rounds.BeginThorough();
        else Rounds.BeginRegular();
    }

    private HeartbeatStats Statistics()
    {
        var now = _context.Clock.Now;
        var sent = Threads.Sender.Sent;
        var refused = new Dictionary<string, long>(Threads.Adverts.RefusedByWord());
        if (Threads.Stations.Dropped > 0) refused["lan-answers-dropped"] = Threads.Stations.Dropped;
        return new HeartbeatStats(
            sent.Sent, sent.Failures, Threads.Adverts.Accepted, refused, Ago(sent.Last), Ago(Threads.Adverts.LastAccepted),
            Buckets(AdvertsSent.LatenessBounds, sent.Lateness), sent.RealTime, Carp.Timing.Interval, Carp.Timing.Deadline,
            Buckets(Stall.Bounds, sent.Stalls), sent.LongestStall is { } longest ? new ReportedStall(DateTimeOffset.Now - (now - longest.At), longest) : null);

        double? Ago(Moment at) => at == Moment.Zero ? null : (now - at).TotalSeconds;
    }

    private static IReadOnlyList<TimeBucket> Buckets(IReadOnlyList<double> bounds, IReadOnlyList<long> counts) =>
        [.. bounds.Zip(counts, (bound, count) => new TimeBucket(bound, count))];

    private sealed record Tick;

    private sealed record AskAgain;

    private sealed record StationHeard(LanStation Station);
}
