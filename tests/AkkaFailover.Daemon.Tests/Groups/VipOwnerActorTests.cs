using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Service;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

public sealed class VipOwnerActorTests : TestKit
{
    private static readonly Term Seven = new(7);
    private static readonly MacAddress Stranger = new(0x0200_0000_0099);
    private static readonly IPAddress Vip = IPAddress.Parse("192.0.2.222");

    private readonly FakeKeeper _keeper = new();
    private readonly FakeLan _lan = new();
    private readonly FakeKernel _kernel = new();
    private readonly StopwatchClock _clock = new();
    private readonly IActorRef _vip;
    private Action _opening = () => { };

    public VipOwnerActorTests()
    {
        _keeper.Extend(Moment.Never);
        var context = new VipContext(
            [new VirtualAddress(Vip, 24, "eth0"), new VirtualAddress(IPAddress.Parse("2001:db8::5"), 64, "eth1")],
            _clock, _keeper, _kernel, (name, _, handler) =>
            {
                _opening();
                return _lan.Open(name, handler);
            });
        _vip = Sys.ActorOf(Props.Create(() => new VipOwnerActor(context, TestActor)));
        // It listens to the guard once it answers.
        Assert.False(Ask<VipReport>(new GetVip()).Holds);
    }

    [Fact]
    public void A_claim_holds_then_announces_every_address_and_tells_the_election()
    {
        Claim();
        var sent = _lan.Sent.ToArray();
        Assert.Equal(3, sent.Count(s => s.Interface == "eth0" && ArpFrame.TryRead(s.Frame, out var arp) == WireRefusal.None && arp.IsGratuitous));
        Assert.Single(sent, s => s.Interface == "eth1" && NeighbourFrame.TryRead(s.Frame, out var ndp) == WireRefusal.None && ndp.Message == NeighbourMessage.Advertisement);
        AwaitCondition(() => Announcements() >= 6, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_release_cancels_the_announcements_and_is_answered_when_the_guard_has_done_it()
    {
        Claim();
        _vip.Tell(new ReleaseAddresses("handover"));
        Assert.Equal("release: handover", Call());
        var sent = _lan.Sent.Count;
        _keeper.Say(new KeeperReleased("handover"));
        Assert.Equal("handover", ExpectMsg<AddressesReleased>().Reason);
        ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        Assert.Equal(sent, _lan.Sent.Count);
    }

    [Fact]
    public void An_expired_lease_is_told_and_ends_the_announcements()
    {
        Claim();
        _keeper.Say(new KeeperExpired("the lease ended"));
        Assert.Equal("the lease ended", ExpectMsg<LeaseLost>().Reason);
        Assert.False(Ask<VipReport>(new GetVip()).Holds);
    }

    /// <summary>After a standstill an announcement may be due before the guard's word arrives that it has released.</summary>
    [Fact]
    public void Nothing_is_announced_after_the_end_of_the_lease()
    {
        Claim();
        _keeper.LeaseUntil = _clock.Now;
        var sent = _lan.Sent.Count;
        Assert.Contains("lease ended", ExpectMsg<LeaseLost>().Reason, StringComparison.Ordinal);
        Assert.Equal(sent, _lan.Sent.Count);
        Assert.False(Ask<VipReport>(new GetVip()).Holds);
    }

    [Fact]
    public void Nothing_is_announced_where_the_lease_ends_while_the_interfaces_are_opened()
    {
        _opening = () => _keeper.LeaseUntil = _clock.Now;
        _vip.Tell(new ClaimAddresses(Seven));
        Assert.Equal("hold 7", Call());
        _keeper.Say(new KeeperHolds(Seven));
        Assert.Contains("lease ended", ExpectMsg<LeaseLost>().Reason, StringComparison.Ordinal);
        Assert.Equal(0, Announcements());
        Assert.False(Ask<VipReport>(new GetVip()).Holds);
    }

    [Fact]
    public void A_lost_guard_is_replaced_by_one_that_holds_on()
    {
        Claim();
        _keeper.Say(new KeeperLost("guard process 4711 ended"));
        Assert.Equal(AlarmKind.GuardLost, ExpectMsg<RaiseAlarm>().Kind);
        Assert.Equal("hold 7", Call());
        _keeper.Say(new KeeperHolds(Seven));
        Assert.Null(ExpectMsg<AddressesHeld>().Steps);
    }

    [Fact]
    public void Without_any_guard_the_lease_is_lost()
    {
        Claim();
        _keeper.GuardPid = 0;
        _keeper.Say(new KeeperLost("no guard can be started"));
        ExpectMsg<RaiseAlarm>();
        Assert.Equal("no guard can be started", ExpectMsg<LeaseLost>().Reason);
    }

    [Fact]
    public void A_guard_lost_by_a_standby_is_an_alarm_only()
    {
        _keeper.Say(new KeeperLost("guard process 4711 ended"));
        ExpectMsg<RaiseAlarm>();
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Assert.Empty(_keeper.Calls);
    }

    [Fact]
    public void A_refusal_fails_the_claim_it_belongs_to()
    {
        _vip.Tell(new ClaimAddresses(Seven));
        Assert.Equal("hold 7", Call());
        _keeper.Say(new KeeperRefused(new Term(5), "of an earlier claim"));
        _keeper.Say(new KeeperRefused(Seven, "interface eth0 is gone"));
        var failed = ExpectMsg<AddressesFailed>();
        Assert.Equal((Seven, "interface eth0 is gone"), (failed.Term, failed.Reason));
    }

    [Fact]
    public void A_report_that_comes_after_the_release_is_no_claim()
    {
        _vip.Tell(new ClaimAddresses(Seven));
        _vip.Tell(new ReleaseAddresses("higher term"));
        Assert.Equal("hold 7", Call());
        Assert.Equal("release: higher term", Call());
        _keeper.Say(new KeeperHolds(Seven));
        _keeper.Say(new KeeperReleased("higher term"));
        ExpectMsg<AddressesReleased>();
        Assert.Empty(_lan.Sent);
    }

    [Fact]
    public void While_another_station_answers_the_announcements_go_on_and_an_alarm_names_it()
    {
        Claim();
        RaiseAlarm? alarm = null;
        AwaitCondition(
            () =>
            {
                _lan.Receive("eth0", AddressFrames.Announcements(Vip, Stranger)[0], _clock.Now);
                alarm ??= (RaiseAlarm?)ReceiveOne(TimeSpan.FromMilliseconds(10));
                return alarm is not null;
            },
            TimeSpan.FromSeconds(20));
        Assert.Equal(AlarmKind.AddressConflict, alarm!.Kind);
        Assert.Contains(Stranger.ToString(), alarm.Text, StringComparison.Ordinal);
        Assert.True(Announcements() >= 3 * AnnouncementSchedule.AlarmingRepeats);

        _vip.Tell(new ReleaseAddresses("higher term"));
        FishForMessage(m => m is ClearAlarm { Kind: AlarmKind.AddressConflict }, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Own_frames_other_addresses_and_probes_of_others_are_no_conflict()
    {
        Claim();
        // The plan has one at once, after 0.1, 1 and 3 s: behind the last it sends nothing by itself.
        AwaitCondition(() => Announcements() >= 12, TimeSpan.FromSeconds(10));
        var before = Announcements();
        for (var i = 0; i < 10; i++)
        {
            _lan.Receive("eth0", AddressFrames.Announcements(Vip, FakeLan.Mac)[0], _clock.Now);
            _lan.Receive("eth0", AddressFrames.Announcements(IPAddress.Parse("192.0.2.1"), Stranger)[0], _clock.Now);
            _lan.Receive("eth0", AddressFrames.Probe(Vip, Stranger), _clock.Now);
        }
        ExpectNoMsg(TimeSpan.FromMilliseconds(400));
        Assert.Equal(before, Announcements());
    }

    [Fact]
    public void Requests_to_announce_are_limited()
    {
        Claim();
        var before = Announcements();
        for (var i = 0; i < 1000; i++) _vip.Tell(new AnnounceAddresses("two actives"));
        Ask<VipReport>(new GetVip());
        // A new plan every 200 ms at most, with two announcements in that time: a second's here, where each request's would be 3,000.
        Assert.InRange(Announcements(), before, before + 30);
    }

    [Fact]
    public void Whatever_stops_it_the_guard_ends_the_lease()
    {
        Claim();
        Watch(_vip);
        Sys.Stop(_vip);
        Assert.Equal("end of the lease", Call());
        ExpectMsg<LeaseLost>();
        ExpectTerminated(_vip);
    }

    [Fact]
    public void The_services_process_group_is_armed()
    {
        _vip.Tell(new ServiceGroupChanged(1234));
        Assert.Equal("service 1234", Call());
    }

    [Fact]
    public void A_notice_of_the_guard_goes_to_the_log()
    {
        _keeper.Say(new KeeperNotice("put back"));
        Assert.Equal("put back", ExpectMsg<Report>().Text);
    }

    [Fact]
    public void An_interface_that_cannot_announce_does_not_fail_the_claim()
    {
        _lan.Broken = true;
        _vip.Tell(new ClaimAddresses(Seven));
        _keeper.Say(new KeeperHolds(Seven));
        Assert.Contains("cannot be announced", ExpectMsg<Report>().Text, StringComparison.Ordinal);
        ExpectMsg<AddressesHeld>();
    }

    [Fact]
    public void A_verification_shows_who_else_answers()
    {
        Claim();
        _kernel.Present = true;
        _lan.ArpAnswer = AddressFrames.Announcements(Vip, Stranger)[2];
        _vip.Tell(new VerifyVip());
        var verification = ExpectMsg<VipVerification>();
        Assert.False(verification.Ok);
        Assert.Equal([Stranger.ToString()], verification.Addresses[0].AnsweredBy);
        Assert.True(verification.Addresses.All(row => row is { Expected: true, Present: true }));
        Assert.Empty(verification.Addresses[1].AnsweredBy);
    }

    [Fact]
    public void A_standby_verifies_that_it_has_nothing()
    {
        _vip.Tell(new VerifyVip());
        Assert.True(ExpectMsg<VipVerification>().Ok);
        _kernel.Present = true;
        _vip.Tell(new VerifyVip());
        Assert.False(ExpectMsg<VipVerification>().Ok);
    }

    private void Claim()
    {
        _vip.Tell(new ClaimAddresses(Seven));
        Assert.Equal("hold 7", Call());
        _keeper.Say(new KeeperHolds(Seven));
        var held = ExpectMsg<AddressesHeld>();
        Assert.Equal(Seven, held.Term);
        Assert.True(held.Steps is { Frames: 4 } steps && steps.AddedAt <= steps.AnnouncedAt && steps.AnnouncedAt <= _clock.Now, $"{held.Steps}");
    }

    private T Ask<T>(object message)
    {
        _vip.Tell(message);
        return ExpectMsg<T>();
    }

    private string Call() => _keeper.Calls.TryTake(out var call, TimeSpan.FromSeconds(3)) ? call : throw new TimeoutException("the keeper was told nothing");

    private int Announcements() => _lan.Sent.Count(s => ArpFrame.TryRead(s.Frame, out var arp) == WireRefusal.None && arp.IsGratuitous);

    private sealed class StopwatchClock : IMonotonicClock
    {
        public Moment Now => new(Stopwatch.GetElapsedTime(0).Ticks * 100);
    }

    private sealed class FakeKernel : IAddressView
    {
        public bool Present { get; set; }

        public AddressPresence Look(VirtualAddress address) => new(Present, Present ? 1 : null);
    }
}
