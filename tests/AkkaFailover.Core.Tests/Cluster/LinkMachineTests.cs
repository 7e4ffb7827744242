using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Cluster;

public sealed class LinkMachineTests
{
    private const ulong Own = 1;
    private const ulong Peer = 2;

    private LinkState _state = new() { Incarnation = Own, Leads = true };
    private Moment _now = new(1_000_000_000);
    private IReadOnlyList<LinkEffect> _effects = [];
    private ulong? _probing;

    [Fact]
    public void The_first_thing_is_a_probe()
    {
        Step(new LinkTick(Settled: true));
        Assert.Equal([new StartProbe(1)], _effects);
    }

    [Fact]
    public void A_refused_probe_says_so_once_and_is_repeated()
    {
        Step(new LinkTick(Settled: true));
        Step(new ProbeEnded(1, ProbeOutcome.Refused, "gone"));
        Assert.Equal([new LinkAnnounced(LinkStatus.Refused, "gone")], _effects);
        Wait(LinkMachine.RetryInterval);
        Assert.Equal([new StartProbe(2)], _effects);
        Step(new ProbeEnded(2, ProbeOutcome.Refused, "gone"));
        Assert.Empty(_effects);
    }

    [Fact]
    public void An_open_port_is_greeted_but_is_no_connection()
    {
        Step(new LinkTick(Settled: true));
        Step(new ProbeEnded(1, ProbeOutcome.Open, ""));
        Assert.Equal([new SendGreeting(new LinkStamp(Own, 1, 0), WantsAnswer: true)], _effects);
        Assert.Equal(LinkStatus.Unknown, _state.Status);
    }

    [Fact]
    public void A_greeting_that_answers_ours_connects()
    {
        Step(new LinkTick(Settled: true));
        Step(new ProbeEnded(1, ProbeOutcome.Open, ""));
        Greeted(Peer, 1, answers: 0, wantsAnswer: true);
        Assert.Equal([new SendGreeting(new LinkStamp(Own, 2, 1), WantsAnswer: true)], _effects);
        Greeted(Peer, 2, answers: 2, wantsAnswer: false);
        Assert.Equal([new LinkAnnounced(LinkStatus.Connected, "greeted"), new SendKeepAlive(new LinkStamp(Own, 3, 2), WantsAnswer: true)], _effects);
    }

    [Fact]
    public void A_lost_association_is_probed_at_once_and_only_an_answer_to_a_later_greeting_connects_again()
    {
        Connect();
        Step(new AssociationLost("reset"));
        var probe = Assert.Single(_effects.OfType<StartProbe>());
        Assert.Contains(new LinkAnnounced(LinkStatus.Lost, "reset") { Ended = true }, _effects);
        Greeted(Peer, 9, answers: 1, wantsAnswer: false);
        Assert.Equal(LinkStatus.Lost, _state.Status);
        Step(new ProbeEnded(probe.Number, ProbeOutcome.Open, ""));
        var sent = GreetWhenItIsTime();
        Greeted(Peer, 10, sent.Stamp.Sequence, wantsAnswer: false);
        Assert.Equal(LinkStatus.Connected, _state.Status);
    }

    [Fact]
    public void An_outcome_of_a_probe_from_before_the_connection_is_worthless()
    {
        Step(new LinkTick(Settled: true));
        Greeted(Peer, 1, answers: 0, wantsAnswer: true);
        Greeted(Peer, 2, answers: 1, wantsAnswer: false);
        Step(new AssociationLost("reset"));
        Step(new ProbeEnded(1, ProbeOutcome.Refused, "an old answer"));
        Assert.Equal(LinkStatus.Lost, _state.Status);
        Step(new ProbeEnded(2, ProbeOutcome.Refused, "gone"));
        Assert.Equal(LinkStatus.Refused, _state.Status);
    }

    [Fact]
    public void A_new_run_of_the_peer_ends_the_session_and_what_the_old_one_still_says_does_not_count()
    {
        Connect();
        Greeted(peer: 3, 1, answers: 0, wantsAnswer: true);
        Assert.Contains(new LinkAnnounced(LinkStatus.Lost, "the peer has restarted"), _effects);
        Assert.False(LinkMachine.IsCurrent(_state, Peer));
        Greeted(Peer, 99, answers: 99, wantsAnswer: true);
        Assert.Empty(_effects);
        Assert.True(LinkMachine.IsCurrent(_state, 3));
    }

    [Fact]
    public void A_connected_link_sends_a_keep_alive_each_interval_and_measures_the_answer()
    {
        Connect();
        Wait(LinkMachine.KeepAliveInterval);
        var sent = Assert.Single(_effects.OfType<SendKeepAlive>());
        _now += TimeSpan.FromMilliseconds(7);
        Step(new KeepAliveArrived(new LinkStamp(Peer, 50, sent.Stamp.Sequence), WantsAnswer: false));
        Assert.Equal(TimeSpan.FromMilliseconds(7), _state.RoundTrip);
    }

    [Fact]
    public void Silence_beyond_the_limit_is_a_loss_that_a_probe_explains()
    {
        Connect();
        for (var waited = TimeSpan.Zero; waited <= LinkMachine.SilenceLimit; waited += LinkMachine.KeepAliveInterval) Wait(LinkMachine.KeepAliveInterval);
        Assert.Contains(_effects, effect => effect is LinkAnnounced { Status: LinkStatus.Lost });
        Assert.Contains(_effects, effect => effect is StartProbe);
    }

    [Fact]
    public void Traffic_of_the_groups_keeps_the_link_connected()
    {
        Connect();
        for (var i = 0; i < 20; i++)
        {
            Wait(LinkMachine.KeepAliveInterval);
            Step(new TrafficArrived(Peer));
        }
        Assert.Equal(LinkStatus.Connected, _state.Status);
    }

    [Theory]
    [InlineData(true, 3, 4)]
    [InlineData(false, 18, 20)]
    public void While_beats_arrive_keep_alives_only_measure_the_round_trip_once_both_are_in_one_cluster(bool settled, int least, int most)
    {
        Connect();
        var sent = 0;
        for (var passed = TimeSpan.Zero; passed < LinkMachine.RoundTripInterval * 4; passed += TimeSpan.FromMilliseconds(200))
        {
            Wait(TimeSpan.FromMilliseconds(200), settled);
            sent += _effects.OfType<SendKeepAlive>().Count();
            Step(new TrafficArrived(Peer));
        }
        Assert.InRange(sent, least, most);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_met_before_is_left_to_connect_first_and_longer_by_the_one_that_does_not_lead(bool leads)
    {
        _state = _state with { Leads = leads };
        Connect();
        Step(new AssociationLost("reset"));
        var since = _now;
        Step(new ProbeEnded(Assert.Single(_effects.OfType<StartProbe>()).Number, ProbeOutcome.Open, ""));
        Assert.Empty(_effects);
        GreetWhenItIsTime();
        Assert.InRange(_now - since, LinkMachine.Courtesy(leads), LinkMachine.Courtesy(leads) + LinkMachine.RetryInterval);
        Assert.True(LinkMachine.Courtesy(leads: true) < LinkMachine.Courtesy(leads: false));
    }

    [Fact]
    public void A_peer_met_before_that_greets_is_answered_at_once()
    {
        Connect();
        Step(new AssociationLost("reset"));
        Greeted(peer: 3, 1, answers: 0, wantsAnswer: true);
        Assert.Single(_effects.OfType<SendGreeting>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_listens_and_says_nothing_makes_the_transport_begin_anew(bool leads)
    {
        _state = _state with { Leads = leads };
        Step(new LinkTick(Settled: true));
        var since = _now;
        while (!_effects.OfType<ResetAssociation>().Any())
        {
            if (_effects.OfType<StartProbe>().LastOrDefault() is { } probe) Step(new ProbeEnded(probe.Number, ProbeOutcome.Open, ""));
            else Wait(LinkMachine.RetryInterval);
            Assert.True(_now - since < TimeSpan.FromSeconds(10));
        }
        Assert.InRange(_now - since, LinkMachine.Patience(leads), LinkMachine.Patience(leads) + LinkMachine.RetryInterval);
    }

    [Fact]
    public void A_connection_over_which_no_answer_comes_is_dropped_though_it_was_greeted()
    {
        ConnectWithoutProof();
        Wait(LinkMachine.ProofLimit);
        Assert.Single(_effects.OfType<ResetAssociation>());
        Assert.Equal(LinkStatus.Lost, _state.Status);
    }

    [Fact]
    public void A_second_connection_of_the_peer_has_to_prove_itself_and_traffic_is_no_proof()
    {
        Connect();
        _now += TimeSpan.FromMilliseconds(500);
        Step(new PeerConnected());
        Assert.True(Assert.IsType<SendKeepAlive>(Assert.Single(_effects)).WantsAnswer);
        Step(new TrafficArrived(Peer));
        Wait(LinkMachine.ProofLimit);
        Assert.Single(_effects.OfType<ResetAssociation>());
    }

    [Fact]
    public void Each_connection_that_failed_to_prove_itself_gives_the_next_twice_the_time()
    {
        ConnectWithoutProof();
        for (var missed = 0; missed < 5; missed++)
        {
            var limit = LinkMachine.ProofLimit * (1 << Math.Min(missed, 3));
            var since = _now;
            while (_state.Status == LinkStatus.Connected)
            {
                Wait(TimeSpan.FromMilliseconds(100));
                Step(new TrafficArrived(Peer));
            }
            Assert.InRange(_now - since, limit, limit + TimeSpan.FromMilliseconds(200));
            var sent = GreetWhenItIsTime();
            Greeted(Peer, 100 + (ulong)missed, sent.Stamp.Sequence, wantsAnswer: false);
            Assert.Equal(LinkStatus.Connected, _state.Status);
        }
    }

    [Fact]
    public void A_peer_that_hears_nothing_and_greets_again_and_again_does_not_put_the_proof_off()
    {
        ConnectWithoutProof();
        for (var waited = TimeSpan.Zero; waited < LinkMachine.ProofLimit; waited += LinkMachine.RetryInterval)
        {
            Greeted(Peer, 50, answers: 0, wantsAnswer: true);
            _now += LinkMachine.RetryInterval;
        }
        Step(new LinkTick(Settled: true));
        Assert.Single(_effects.OfType<ResetAssociation>());
    }

    [Fact]
    public void After_a_loss_nothing_is_answered_that_another_run_of_the_peer_may_have_said()
    {
        Connect();
        Step(new AssociationLost("reset"));
        Step(new PeerConnected());
        Assert.Equal(0UL, Assert.Single(_effects.OfType<SendGreeting>()).Stamp.Answers);
    }

    [Fact]
    public void A_restarted_peer_that_greets_has_to_answer_in_time()
    {
        Connect();
        Step(new AssociationLost("reset"));
        var since = _now;
        Greeted(peer: 3, 1, answers: 0, wantsAnswer: true);
        while (!_effects.OfType<ResetAssociation>().Any())
        {
            if (_probing is { } probe) Step(new ProbeEnded(probe, ProbeOutcome.Open, ""));
            else Wait(LinkMachine.RetryInterval);
            if (_effects.OfType<ResetAssociation>().Any()) break;
            Greeted(peer: 3, 2, answers: 0, wantsAnswer: true);
            Assert.True(_now - since < TimeSpan.FromSeconds(10));
        }
        Assert.InRange(_now - since, LinkMachine.ProofLimit, LinkMachine.ProofLimit + (LinkMachine.RetryInterval * 2));
    }

    [Fact]
    public void The_end_of_the_connection_before_does_not_end_the_one_that_is_being_proved()
    {
        Connect();
        Step(new PeerConnected());
        Step(new AssociationLost("the old one ended"));
        Assert.Empty(_effects.OfType<ResetAssociation>());
        Assert.Single(_effects.OfType<StartProbe>());
    }

    [Fact]
    public void A_node_that_stood_still_listens_before_it_judges()
    {
        Connect();
        Wait(TimeSpan.FromSeconds(30));
        Assert.Equal(LinkStatus.Connected, _state.Status);
        Assert.True(Assert.Single(_effects.OfType<SendKeepAlive>()).WantsAnswer);
    }

    [Fact]
    public void A_second_connection_that_is_answered_over_stays()
    {
        Connect();
        Step(new PeerConnected());
        Answer(_effects);
        Wait(LinkMachine.ProofLimit);
        Assert.Empty(_effects.OfType<ResetAssociation>());
        Assert.Equal(LinkStatus.Connected, _state.Status);
    }

    [Fact]
    public void A_peer_without_a_common_version_never_connects_and_is_answered_all_the_same()
    {
        Step(new LinkTick(Settled: true));
        Step(new ProbeEnded(1, ProbeOutcome.Open, ""));
        Step(new GreetingArrived(new LinkStamp(Peer, 1, 1), WantsAnswer: true, "speaks 9"));
        Assert.Equal([new LinkAnnounced(LinkStatus.Lost, "speaks 9"), new SendGreeting(new LinkStamp(Own, 2, 1), WantsAnswer: false)], _effects);
    }

    [Fact]
    public void A_changed_greeting_is_sent_while_connected_and_held_back_otherwise()
    {
        Step(new OwnGreetingChanged());
        Assert.Empty(_effects);
        Connect();
        Step(new OwnGreetingChanged());
        Assert.IsType<SendGreeting>(Assert.Single(_effects));
    }

    private void Connect()
    {
        ConnectWithoutProof();
        Answer(_effects);
    }

    private void ConnectWithoutProof()
    {
        Step(new LinkTick(Settled: true));
        Step(new ProbeEnded(Assert.Single(_effects.OfType<StartProbe>()).Number, ProbeOutcome.Open, ""));
        var sent = Assert.Single(_effects.OfType<SendGreeting>());
        Greeted(Peer, 1, sent.Stamp.Sequence, wantsAnswer: false);
        Assert.Equal(LinkStatus.Connected, _state.Status);
    }

    private void Answer(IReadOnlyList<LinkEffect> effects) =>
        Step(new KeepAliveArrived(new LinkStamp(Peer, 50, Assert.Single(effects.OfType<SendKeepAlive>()).Stamp.Sequence), WantsAnswer: false));

    /// <summary>Lets time pass and every probe find the port open until this node greets.</summary>
    private SendGreeting GreetWhenItIsTime()
    {
        for (var i = 0; i < 100; i++)
        {
            if (_effects.OfType<SendGreeting>().SingleOrDefault() is { } sent) return sent;
            if (_probing is { } probe) Step(new ProbeEnded(probe, ProbeOutcome.Open, ""));
            else Wait(LinkMachine.RetryInterval);
        }
        throw new Xunit.Sdk.XunitException("never greeted");
    }

    private void Greeted(ulong peer, ulong sequence, ulong answers, bool wantsAnswer) =>
        Step(new GreetingArrived(new LinkStamp(peer, sequence, answers), wantsAnswer, Obstacle: null));

    private void Wait(TimeSpan time, bool settled = true)
    {
        _now += time;
        Step(new LinkTick(settled));
    }

    private void Step(LinkInput input)
    {
        (_state, _effects) = LinkMachine.Step(_state, input, _now);
        if (input is ProbeEnded ended && ended.Number == _probing) _probing = null;
        _probing = _effects.OfType<StartProbe>().LastOrDefault()?.Number ?? _probing;
    }
}
