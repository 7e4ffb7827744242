using System.Net;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using Xunit;
using static AkkaFailover.Daemon.Tests.Groups.HeartbeatBench;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>Who is asked in a round, how often, and when it ends: on a clock of the test.</summary>
public sealed class LanRoundsTests : IDisposable
{
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.0.2.50");
    private readonly HandClock _clock = new();
    private readonly Queue<LanStation> _answers = new();
    private readonly List<(Moment At, LanReport Report)> _reports = [];
    private readonly HeartbeatBench _bench = new() { Witnesses = [Router] };
    private readonly PeerRecord _peer;
    private readonly HeartbeatThreads _threads;
    private readonly LanRounds _rounds;
    private Moment _wake = Moment.Never;

    public LanRoundsTests()
    {
        var context = _bench.Context(ActorRefs.Nobody, _clock);
        _peer = new PeerRecord(new PeerFile(context.PeerFile), CarpPeer.Ours, _clock);
        _peer.Know(Peer, PeerMac);
        _threads = new HeartbeatThreads(context, _peer.Facts, _ => { }, _answers.Enqueue);
        _rounds = new LanRounds(context, _peer, _threads, Tell, moment => _wake = moment);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void It_ends_as_soon_as_all_have_answered()
    {
        _bench.Known.Add(new LanStation(Neighbour, StrangerMac));
        foreach (var address in new[] { Peer, Router, Neighbour }) _bench.Alive[address] = StrangerMac;

        Thorough();

        Assert.Equal((_clock.Now, new LanReport(PeerAnswered: true, 2, 1, 1) { OthersAsked = 2 }), Assert.Single(_reports));
        Assert.Equal(Moment.Never, _wake);
    }

    [Fact]
    public void Who_does_not_answer_is_asked_every_sixth_of_the_window_first_where_it_was_and_then_at_any_station()
    {
        _bench.Known.Add(new LanStation(Neighbour, StrangerMac));
        var begun = _clock.Now;
        Thorough();
        PassWindow();

        Assert.Equal((begun + ElectionSettings.NeighbourWindow, new LanReport(PeerAnswered: false, 0, 1, 0) { OthersAsked = 2 }), Assert.Single(_reports));
        Assert.Equal([StrangerMac, .. Enumerable.Repeat(MacAddress.Broadcast, 5)], _bench.Questions(Neighbour).Select(question => question.DestinationMac));
        Assert.Equal(Enumerable.Repeat(PeerMac, 6), _bench.Questions(Peer).Select(question => question.DestinationMac));
    }

    [Fact]
    public void A_regular_round_in_which_nobody_answers_asks_the_neighbours_before_it_says_so()
    {
        _bench.Known.Add(new LanStation(Neighbour, StrangerMac));
        _bench.Alive[Neighbour] = StrangerMac;
        Do(_rounds.BeginRegular);
        Assert.Empty(_bench.Questions(Neighbour));
        PassWindow();

        Assert.Equal(new LanReport(PeerAnswered: false, 1, 1, 0) { OthersAsked = 2 }, Assert.Single(_reports).Report);
    }

    [Fact]
    public void One_that_is_asked_for_while_one_is_under_way_follows_it()
    {
        var begun = _clock.Now;
        Thorough();
        Thorough();
        PassWindow();
        PassWindow();

        Assert.Equal([begun + ElectionSettings.NeighbourWindow, begun + (ElectionSettings.NeighbourWindow * 2)], _reports.Select(told => told.At));
        Assert.Equal(Moment.Never, _wake);
    }

    [Fact]
    public void Where_timers_come_late_it_lasts_until_everybody_was_asked_three_times()
    {
        Thorough();
        Late();
        Late();
        Assert.Empty(_reports);
        Late();

        Assert.False(Assert.Single(_reports).Report.HearsSomebody);
        Assert.Equal(3, _bench.Questions(Router).Count);

        void Late()
        {
            _clock.Advance(ElectionSettings.NeighbourWindow * 2);
            Do(_rounds.Again);
        }
    }

    private void Thorough() => Do(_rounds.BeginThorough);

    /// <summary>A window passes, and each timer in it comes when it should.</summary>
    private void PassWindow()
    {
        for (var end = _clock.Now + ElectionSettings.NeighbourWindow; _wake <= end;)
        {
            _clock.Advance(_wake - _clock.Now);
            Do(_rounds.Again);
        }
    }

    /// <summary>Answers arrive after what asked for them is done, as an actor's messages do.</summary>
    private void Do(Action action)
    {
        action();
        while (_answers.TryDequeue(out var station)) _rounds.Answered(station);
    }

    private void Tell(ElectionInput input)
    {
        if (input is NeighboursReported reported) _reports.Add((_clock.Now, reported.Report));
    }
}
