using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Linux.Time;
using Xunit;
using static AkkaFailover.Daemon.Tests.Groups.HeartbeatBench;

namespace AkkaFailover.Daemon.Tests.Groups;

public sealed class HeartbeatActorTests : TestKit
{
    private static readonly Term Four = new(4);
    private static readonly Term Seven = new(7);

    /// <summary>Longer than a busy machine stands still.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private HeartbeatBench _bench = new();
    private readonly TestProbe _election;
    private readonly TestProbe _link;
    private IActorRef? _heartbeat;

    /// <summary>With the daemon's scheduler, which is too coarse for the rounds of LAN probes.</summary>
    public HeartbeatActorTests()
        : base("akka.scheduler.tick-duration = 100ms")
    {
        _election = CreateTestProbe();
        _election.IgnoreMessages(message => message is GetElection);
        _link = CreateTestProbe();
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _bench.Dispose();
    }

    [Fact]
    public void Start_arms_the_release_first_and_sends_adverts()
    {
        var heartbeat = Run();
        var started = BootClock.Instance.Now;
        heartbeat.Tell(new StartAdverts(Four, Lease));

        AwaitCondition(() => _bench.Adverts().Count >= 3, Soon);
        Assert.Equal("arm 70 bytes", _bench.Keeper.Calls.Take());
        Assert.All(_bench.Adverts(), advert => Assert.Equal(Four, advert.Advert.Counter.Term));
        Assert.Equal(Own.ToString(), _bench.Adverts()[0].Source.ToString());
        Assert.True(_bench.Keeper.LeaseUntil > started + Lease);
    }

    [Fact]
    public void After_the_stop_no_advert_is_sent_and_the_release_is_above_all_before()
    {
        var heartbeat = Run();
        heartbeat.Tell(new StartAdverts(Four, Lease));
        AwaitCondition(() => _bench.Adverts().Count >= 2, Soon);
        heartbeat.Tell(new StopAdverts());
        heartbeat.Tell(new SendRelease(Four));
        Assert.True(Ask<HeartbeatStats>(new GetHeartbeatStats()).Sent >= 2);

        var adverts = _bench.Adverts();
        var releases = adverts.Where(a => a.Advert.IsReleasePace).ToList();
        Assert.Equal(2, releases.Count);
        Assert.Equal(releases, adverts.TakeLast(2));
        Assert.All(adverts.SkipLast(2), advert => Assert.True(advert.Advert.Counter < releases[0].Advert.Counter));
    }

    [Fact]
    public void An_advert_of_the_peer_reaches_the_election()
    {
        Run();
        _bench.Receive(Next(_bench.Writer(Seven)));

        Assert.Equal(new AdvertSummary(Seven, Released: false, Outranks: false, Peer.ToString()), _election.ExpectMsg<AdvertHeard>(Soon).Advert);
    }

    [Fact]
    public void A_replayed_advert_has_no_effect_but_an_alarm()
    {
        Run();
        var advert = Next(_bench.Writer(Seven));
        _bench.Receive(advert);
        _election.ExpectMsg<AdvertHeard>(Soon);
        _bench.Receive(advert);

        var alarm = _election.ExpectMsg<RaiseAlarm>(Soon);
        Assert.Equal(AlarmKind.BadAdverts, alarm.Kind);
        Assert.Contains("replayed 1 (last from 192.0.2.2)", alarm.Text);
        Assert.Equal(1, Ask<HeartbeatStats>(new GetHeartbeatStats()).Refused["replayed"]);
    }

    [Fact]
    public void The_second_copy_of_a_release_is_no_alarm()
    {
        Run();
        var release = _bench.Writer(Seven).Release(Seven);
        _bench.Receive(release);
        _bench.Receive(release);

        Assert.True(_election.ExpectMsg<AdvertHeard>(Soon).Advert.Released);
        _election.ExpectNoMsg(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void Once_the_peer_said_its_address_adverts_from_elsewhere_are_refused()
    {
        Run().Tell(new PeerLanKnown(Router, PeerMac));
        Ask<HeartbeatStats>(new GetHeartbeatStats());
        _bench.Receive(Next(_bench.Writer(Seven)));

        Assert.Equal(1, Ask<HeartbeatStats>(new GetHeartbeatStats()).Refused["unknown-source"]);
    }

    [Fact]
    public void Another_passphrase_is_a_key_mismatch()
    {
        Run();
        _bench.Receive(Next(_bench.Writer(Seven, passphrase: "other")));

        var alarm = _election.ExpectMsg<RaiseAlarm>(Soon);
        Assert.Equal(AlarmKind.KeyMismatch, alarm.Kind);
        Assert.Contains("192.0.2.2 sends adverts of our vhid 7", alarm.Text);
    }

    [Fact]
    public void Other_groups_and_broken_frames_of_theirs_are_counted_and_nothing_else()
    {
        Run();
        var vrrp = Next(_bench.Writer(Seven));
        vrrp[34] = 0x31;
        _bench.Receive(vrrp);
        _bench.Receive(Next(_bench.Writer(Seven, vhid: 9)));
        _bench.Receive([1, 2, 3]);

        _election.ExpectNoMsg(TimeSpan.FromSeconds(1.5));
        var refused = Ask<HeartbeatStats>(new GetHeartbeatStats()).Refused;
        Assert.Equal(["carp-version", "other-vhid"], refused.Keys.Order());
    }

    [Fact]
    public void The_link_is_told_what_this_node_is_on_the_lan()
    {
        Run();

        var lan = _link.ExpectMsg<GroupLan>(Soon);
        Assert.Equal((Own, FakeLan.Mac), (lan.Source, lan.Mac));
    }

    [Fact]
    public void The_address_is_asked_for_at_the_peers_station_and_its_answer_counts()
    {
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        heartbeat.Tell(new ProbeAddress());

        var question = Question(Virtual);
        Assert.Equal(PeerMac, question.DestinationMac);
        Assert.Equal(Own.ToString(), question.SenderAddress.ToString());
        _bench.ReplyTo(question, PeerMac);
        _election.FishForMessage<AddressAnswered>(_ => true, Soon);
    }

    [Fact]
    public void A_stranger_that_answers_is_an_alarm_and_never_the_peer()
    {
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        heartbeat.Tell(new ProbeAddress());
        _bench.ReplyTo(Question(Virtual), StrangerMac);

        var alarm = (RaiseAlarm)_election.FishForMessage(said => said is RaiseAlarm or AddressAnswered, Soon);
        Assert.Equal(AlarmKind.AddressConflict, alarm.Kind);
        Assert.Contains($"{StrangerMac} says that it has {Virtual}", alarm.Text);
    }

    [Fact]
    public void While_the_peers_station_is_not_known_any_answer_is_taken_for_its()
    {
        var heartbeat = Run();
        heartbeat.Tell(new ProbeAddress());
        var question = Question(Virtual);
        Assert.Equal(MacAddress.Broadcast, question.DestinationMac);
        _bench.ReplyTo(question, StrangerMac);

        _election.ExpectMsg<AddressAnswered>(Soon);
    }

    [Fact]
    public void What_the_other_node_hears_is_asked_too_and_what_answers_is_told_to_it()
    {
        _bench.Alive[Router] = StrangerMac;
        var heartbeat = Run();
        heartbeat.Tell(new NeighboursHeard([Router, Own, Virtual]));
        heartbeat.Tell(new ProbeNeighbours());

        Assert.Equal(new LanReport(PeerAnswered: false, 1, 0, 0) { OthersAsked = 1 }, Report());
        var told = (NeighboursHeard)_link.FishForMessage<SendToPeer>(_ => true, Soon).Payload;
        Assert.Equal([Router], told.Addresses);
        Assert.Empty(_bench.Questions(Own));
    }

    [Fact]
    public void Witness_and_peer_that_are_asked_outside_a_round_are_reported_one_by_one()
    {
        _bench = new HeartbeatBench { Witnesses = [Router] };
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        _bench.Alive[Router] = StrangerMac;
        _bench.Alive[Peer] = PeerMac;
        heartbeat.Tell(new AskContacts());

        _election.FishForMessage<LanContact>(contact => contact.Witness, Soon);
        _election.FishForMessage<LanContact>(contact => !contact.Witness, Soon);
    }

    [Fact]
    public void Where_the_peer_alone_is_asked_no_witness_is()
    {
        _bench = new HeartbeatBench { Witnesses = [Router] };
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        _bench.Alive[Peer] = PeerMac;
        var asked = _bench.Questions(Router).Count;
        heartbeat.Tell(new AskPeer());

        _election.FishForMessage<LanContact>(contact => !contact.Witness, Soon);
        Assert.Equal(asked, _bench.Questions(Router).Count);
    }

    [Fact]
    public void After_a_restart_the_peers_station_is_known_and_its_old_adverts_are_replays()
    {
        var advert = Next(_bench.Writer(Seven));
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        _bench.Receive(advert);
        _election.FishForMessage<AdvertHeard>(_ => true, Soon);
        var file = _bench.Context(_link).PeerFile;
        AwaitCondition(() => File.Exists(file) && File.ReadAllText(file) is var text && text.Contains("counter", StringComparison.Ordinal) && text.Contains("mac", StringComparison.Ordinal), Soon);
        Watch(heartbeat);
        Sys.Stop(heartbeat);
        ExpectTerminated(heartbeat, Soon);

        Run().Tell(new ProbeAddress());
        _bench.Receive(advert);

        AwaitCondition(() => _bench.Questions(Virtual).Count == 1, Soon);
        Assert.Equal(PeerMac, _bench.Questions(Virtual)[0].DestinationMac);
        Assert.Equal(1, Ask<HeartbeatStats>(new GetHeartbeatStats()).Refused["replayed"]);
    }

    [Fact]
    public void A_flood_of_answers_is_cut_off_and_counted()
    {
        Run().Tell(new PeerLanKnown(Peer, PeerMac));
        Ask<HeartbeatStats>(new GetHeartbeatStats());
        var frame = new byte[ArpFrame.Length];
        ArpFrame.Announcement(StrangerMac, Ipv4Address.From(Virtual)).Write(frame);
        for (var i = 0; i < 3 * StationWatch.MaxPerSecond; i++) _bench.Receive(frame);

        Assert.InRange(Ask<HeartbeatStats>(new GetHeartbeatStats()).Refused["lan-answers-dropped"], 1, 2 * StationWatch.MaxPerSecond);
    }

    [Fact]
    public void A_flood_of_others_does_not_hide_the_peers_answer()
    {
        var heartbeat = Run();
        heartbeat.Tell(new PeerLanKnown(Peer, PeerMac));
        heartbeat.Tell(new ProbeAddress());
        var question = Question(Virtual);
        var frame = new byte[ArpFrame.Length];
        ArpFrame.Announcement(StrangerMac, Ipv4Address.From(Virtual)).Write(frame);
        for (var i = 0; i < 3 * StationWatch.MaxPerSecond; i++) _bench.Receive(frame);
        _bench.ReplyTo(question, PeerMac);

        _election.FishForMessage<AddressAnswered>(_ => true, Soon);
    }

    [Fact]
    public void A_flood_of_others_does_not_hide_a_witness()
    {
        _bench = new HeartbeatBench { Witnesses = [Router] };
        var heartbeat = Run();
        Ask<HeartbeatStats>(new GetHeartbeatStats());
        var frame = new byte[ArpFrame.Length];
        ArpFrame.Announcement(StrangerMac, Ipv4Address.From(Virtual)).Write(frame);
        for (var i = 0; i < 3 * StationWatch.MaxPerSecond; i++) _bench.Receive(frame);
        _bench.Alive[Router] = StrangerMac;
        heartbeat.Tell(new ProbeNeighbours());

        _election.FishForMessage<NeighboursReported>(reported => reported.Report.WitnessesAnswered == 1, Soon);
    }

    [Fact]
    public void A_witness_is_reported_before_the_round_is_over()
    {
        var silent = System.Net.IPAddress.Parse("192.0.2.51");
        _bench = new HeartbeatBench { Witnesses = [Router, silent] };
        _bench.Alive[Router] = StrangerMac;
        Run();

        Assert.True(_election.ExpectMsg<LanContact>(Soon).Witness);
        Assert.Equal(new LanReport(PeerAnswered: false, 1, 2, 1) { OthersAsked = 2 }, Report());
    }

    [Fact]
    public void A_question_that_could_not_be_sent_proves_nothing()
    {
        var heartbeat = Run();
        _bench.SendsFail = true;
        heartbeat.Tell(new ProbeAddress());

        _election.FishForMessage<AddressNotAsked>(_ => true, Soon);
    }

    [Fact]
    public void Peek_shows_what_was_sent_accepted_and_refused_newest_last()
    {
        var heartbeat = Run();
        heartbeat.Tell(new SendRelease(Four));
        Ask<HeartbeatStats>(new GetHeartbeatStats());
        var advert = Next(_bench.Writer(Seven));
        _bench.Receive(advert);
        _bench.Receive(advert);

        var peeked = Ask<IReadOnlyList<PeekedAdvert>>(new PeekAdverts(3));
        Assert.Equal(["sent", "accepted", "replayed"], peeked.Select(p => p.Verdict));
        Assert.Equal("vhid 7 advbase 0 advskew 13 counter 7/1", peeked[1].Text);
        Assert.Equal("192.0.2.2", peeked[1].Source);
    }

    [Fact]
    public void Without_an_address_of_its_own_the_interface_is_refused_with_the_remedy()
    {
        _bench.OwnAddresses.Remove(Own);

        var failure = Assert.Throws<LanUnavailableException>(() => new HeartbeatThreads(_bench.Context(_link), PeerFacts.None, _ => { }, _ => { }));

        Assert.Contains("set heartbeat.source-address", failure.Message);
    }

    [Fact]
    public void The_port_joins_the_group_and_filters_in_the_kernel()
    {
        Run();

        Assert.Equal([_bench.Carp.Destination], _bench.Request!.Groups);
        Assert.True(SharpPcap.LibPcap.PcapDevice.CheckFilter(_bench.Request.Filter, out var error), error);
    }

    private IActorRef Run()
    {
        var context = _bench.Context(_link);
        var election = _election.Ref;
        _heartbeat = Sys.ActorOf(Props.Create(() => new HeartbeatActor(context, election)));
        // It has opened the interface once it answers.
        Ask<HeartbeatStats>(new GetHeartbeatStats());
        return _heartbeat;
    }

    private T Ask<T>(object question) => _heartbeat!.Ask<T>(question, Soon).Result;

    private LanReport Report() => _election.FishForMessage<NeighboursReported>(_ => true, Soon).Report;

    private ArpFrame Question(System.Net.IPAddress target)
    {
        AwaitCondition(() => _bench.Questions(target).Count > 0, Soon);
        return _bench.Questions(target)[0];
    }
}
