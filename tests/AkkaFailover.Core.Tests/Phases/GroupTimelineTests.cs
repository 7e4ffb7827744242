using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Tests.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Phases;

/// <summary>Reports of claims and releases as the real election makes them.</summary>
public class GroupTimelineTests
{
    [Fact]
    public void A_host_that_dies_costs_the_deadline_and_then_what_each_part_takes()
    {
        var node = HostDies(new Scenario());
        node.Wait(3).Input(new CaughtUp(node.State.Terms.Held, 1042, "", 0)).Wait(47);
        Assert.Equal(Role.Claiming, node.Role);
        Hold(node, address: 12, announcement: 1);
        node.Wait(30).Mark(new ServiceStarted(node.Now, "process 4720")).Wait(45).Input(new ServiceChanged(ServiceState.Running, "listening"));

        var report = Assert.Single(node.Reports);
        Assert.Equal((ReportKind.Failover, node.State.Terms.Held, true), (report.Kind, report.Term, report.Ok));
        Assert.Equal(
            [("detection", 600), ("confirmation", 50), ("replay", 0), ("address", 12), ("announcement", 1), ("service", 30), ("checks", 45)], Rows(report));
        Assert.Equal(738, report.TotalMilliseconds);
        Assert.Equal("no sign of an active node for 0.60 s on any path, the address answers no more", report.Phases[0].Detail);
        Assert.Equal("version 1042, digest verified, 3 ms after the decision", report.Phases[2].Detail);
        Assert.StartsWith("heartbeat lost, cluster lost, lan unknown, last advert 650 ms before, last beat 600 ms before, ", report.Evidence, StringComparison.Ordinal);
        Assert.Equal(
            $"active under term {report.Term} after 738 ms: detection 600, confirmation 50, replay 0, address 12, announcement 1, service 30, checks 45 ms", report.Text);
    }

    [Fact]
    public void A_replay_that_outlasts_the_listening_counts_from_its_end()
    {
        var node = HostDies(new Scenario());
        node.Wait(80).Input(new CaughtUp(node.State.Terms.Held, 1042, "", 2));
        Hold(node, address: 5, announcement: 1).Input(new ServiceChanged(ServiceState.None, ""));

        var report = Assert.Single(node.Reports);
        Assert.Equal([("detection", 600), ("confirmation", 50), ("replay", 30), ("address", 5), ("announcement", 1)], Rows(report));
        Assert.Contains("2 or more may be missing", report.Phases[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_release_nothing_is_waited_for()
    {
        var node = new Scenario().StandbyOf(3).Wait(100).Advert(3, released: true);
        Assert.Equal(Role.Replaying, node.Role);
        node.Wait(4).Input(new CaughtUp(node.State.Terms.Held, 7, "", 0));
        Hold(node, address: 8, announcement: 1).Wait(20).Input(new ServiceChanged(ServiceState.Running, ""));

        var report = Assert.Single(node.Reports);
        Assert.Equal(
            [("detection", 0), ("confirmation", 0), ("replay", 4), ("address", 8), ("announcement", 1), ("service", 20)], Rows(report));
        Assert.Equal(("b released the role", "not needed"), (report.Phases[0].Detail, report.Phases[1].Detail));
    }

    [Fact]
    public void The_first_client_is_told_in_a_second_report_when_it_comes()
    {
        var node = Ready(new Scenario());
        var served = Assert.Single(node.Reports);
        Assert.Equal("service", served.Phases[^1].Name);
        node.Wait(500).Mark(new FirstClientSeen(node.Now, "anna, 10.8.0.2"));

        Assert.Equal(2, node.Reports.Count);
        Assert.Equal(new Phase("first client", 500, "anna, 10.8.0.2"), node.Reports[1].Phases[^1]);
        Assert.Equal($"{served.Text}; first client after 1.19 s", node.Reports[1].Text);
        node.Mark(new FirstClientSeen(node.Now, "bert, 10.8.0.3")).Wait(20_000);
        Assert.Equal(2, node.Reports.Count);
    }

    [Fact]
    public void A_client_that_is_there_before_the_checks_have_risen_adds_nothing()
    {
        var node = HostDies(new Scenario());
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        Hold(node, address: 5, announcement: 1).Wait(20).Mark(new ServiceStarted(node.Now, "")).Wait(5).Mark(new FirstClientSeen(node.Now, "anna"));
        Assert.Empty(node.Reports);
        node.Wait(25).Input(new ServiceChanged(ServiceState.Running, ""));
        Assert.Equal([("service", 20), ("checks", 30), ("first client", 0)], Rows(Assert.Single(node.Reports)).TakeLast(3));
    }

    [Theory]
    [InlineData(69_000, 2)]
    [InlineData(71_000, 1)]
    public void A_client_that_comes_much_later_has_nothing_to_do_with_the_failover(int after, int reports)
    {
        var node = Ready(new Scenario());
        node.Wait(after).Mark(new FirstClientSeen(node.Now, "anna"));
        Assert.Equal(reports, node.Reports.Count);
    }

    [Fact]
    public void A_release_before_the_first_client_does_not_tell_the_claim_again()
    {
        var node = Ready(new Scenario());
        node.Wait(100).Input(new LeaseLost("the host slept")).Wait(2).Input(new AddressesReleased("lease lost"));
        Assert.Equal([ReportKind.Failover, ReportKind.Release], node.Reports.Select(report => report.Kind));
        Assert.True(node.Reports[0].Ok);
    }

    [Fact]
    public void A_client_of_the_time_before_the_claim_counts_for_nothing()
    {
        var node = HostDies(new Scenario());
        node.Mark(new FirstClientSeen(node.Now, "anna")).Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        Hold(node, address: 5, announcement: 1).Input(new ServiceChanged(ServiceState.Running, ""));
        Assert.Equal("service", Assert.Single(node.Reports).Phases[^1].Name);
    }

    [Fact]
    public void A_claim_whose_replay_fails_says_how_far_it_came()
    {
        var node = HostDies(new Scenario());
        node.Wait(70).Input(new ReplayFailed(node.State.Terms.Held, "the digest does not match"));
        var report = Assert.Single(node.Reports);
        Assert.False(report.Ok);
        Assert.Equal([("detection", 600), ("confirmation", 50), ("replay", 20)], Rows(report));
        Assert.Equal("the digest does not match", report.Phases[^1].Detail);
        Assert.Contains("ended after 670 ms", report.Text, StringComparison.Ordinal);
        Assert.EndsWith("replay 20 ms; it failed there: the digest does not match", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_that_yields_while_it_listens_ends_in_its_confirmation()
    {
        var node = HostDies(new Scenario());
        node.Wait(20).Input(new AddressAnswered());
        var report = Assert.Single(node.Reports);
        Assert.Equal([("detection", 600), ("confirmation", 20)], Rows(report));
        Assert.Contains("the address answers", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_cannot_be_added_ends_the_report_there()
    {
        var node = HostDies(new Scenario());
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        node.Wait(9).Input(new AddressesFailed(node.State.Terms.Held, "interface eth0 is gone"));
        var report = Assert.Single(node.Reports);
        Assert.Equal(("address", 9), Rows(report)[^1]);
        Assert.Equal("interface eth0 is gone", report.Failure);
    }

    [Fact]
    public void A_service_that_cannot_start_is_a_failed_report_although_the_address_is_held()
    {
        var node = HostDies(new Scenario());
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        Hold(node, address: 5, announcement: 1).Input(new ServiceChanged(ServiceState.Preparing, "")).Wait(300);
        node.Input(new ServiceChanged(ServiceState.Failed, "port 1194 is in use"));
        var report = Assert.Single(node.Reports);
        Assert.Equal(("service", 300), Rows(report)[^1]);
        Assert.Equal("the service failed: port 1194 is in use", report.Failure);
    }

    [Fact]
    public void A_claim_that_a_higher_term_ends_while_its_service_starts_is_told()
    {
        var node = HostDies(new Scenario());
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        Hold(node, address: 5, announcement: 1).Wait(40).Advert(99);
        Assert.Equal(Role.Releasing, node.Role);
        node.Wait(2).Input(new AddressesReleased("a higher term"));
        Assert.Equal([ReportKind.Failover, ReportKind.Release], node.Reports.Select(report => report.Kind));
        Assert.Equal(("service", 40), Rows(node.Reports[0])[^1]);
        Assert.False(node.Reports[0].Ok);
    }

    [Fact]
    public void A_handover_is_a_report_of_the_old_active_too()
    {
        var node = Serving();
        var term = node.State.Terms.Held;
        node.Beat(Scenario.PeerIs(Role.Standby)).Input(new HandoverRequested("root"));
        node.Wait(95, () => node.Beat(Scenario.PeerIs(Role.Standby))).Input(new ServiceChanged(ServiceState.Stopped, ""));
        node.Wait(12).Input(new ReplicaFlushed()).Wait(3).Input(new AddressesReleased("handover"));

        var report = Assert.Single(node.Reports);
        Assert.Equal((ReportKind.Release, term, true), (report.Kind, report.Term, report.Ok));
        Assert.Equal([("service", 95), ("replica", 12), ("addresses", 3)], Rows(report));
        Assert.Equal($"released under term {term} in 110 ms: service 95, replica 12, addresses 3 ms", report.Text);
        Assert.Contains("handover to b asked for by root", report.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_that_waits_in_vain_says_where()
    {
        var node = Serving();
        node.Input(new StopRequested("SIGTERM")).Wait(6_500);
        var report = Assert.Single(node.Reports);
        Assert.Equal([("service", 5_000), ("addresses", 1_000)], Rows(report));
        Assert.Equal("given up after its time", report.Phases[0].Detail);
        Assert.Contains("the guard did not confirm", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_lease_takes_the_addresses_first()
    {
        var node = Serving();
        node.Input(new LeaseLost("the host slept")).Wait(2).Input(new AddressesReleased("lease lost"));
        Assert.Equal([("addresses", 2)], Rows(Assert.Single(node.Reports)));
    }

    private static Scenario Serving()
    {
        var node = new Scenario().ActiveAlone().Input(new ServiceChanged(ServiceState.Running, ""));
        node.Reports.Clear();
        return node;
    }

    private static Scenario HostDies(Scenario node)
    {
        node.StandbyOf(3).Wait(599);
        Assert.Equal(Role.Replaying, node.Role);
        return node;
    }

    private static Scenario Ready(Scenario node)
    {
        HostDies(node).Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(50);
        return Hold(node, address: 8, announcement: 2).Wait(30).Input(new ServiceChanged(ServiceState.Running, ""));
    }

    private static Scenario Hold(Scenario node, double address, double announcement)
    {
        node.Wait(address);
        var added = node.Now;
        node.Wait(announcement);
        return node.Input(new AddressesHeld(node.State.Terms.Held) { Steps = new AddressSteps(added, node.Now, 4) });
    }

    private static List<(string Name, double Milliseconds)> Rows(PhaseReport report) => [.. report.Phases.Select(phase => (phase.Name, phase.Milliseconds))];
}
