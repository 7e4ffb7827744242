using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary><c>group takeover --force</c>: where the rules forbid a claim, and nowhere else.</summary>
public class TakeoverTests
{
    [Fact]
    public void With_no_witness_it_claims_says_why_and_keeps_the_role_although_nobody_is_reached()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Wait(5_000).Forget().Input(new TakeoverForced("root"));
        Assert.Equal("taking over although no witness answers; should the address answer one of 20 questions, the claim ends (group history)", Accepted(node));
        Assert.Equal(Role.Replaying, node.Role);
        node.CompleteClaim();
        Assert.Contains(node.All<RoleChanged>(), change => change.Change is { To: Role.Active, Cause: "takeover forced by root although no witness answers" });
        Assert.Contains("It is active by order: takeover forced by root although no witness answers.", ElectionExplanation.Explain(node.State, node.Now, node.Settings));
        new LanRig(node).Run(60_000);
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void Twenty_questions_for_the_address_must_go_unanswered()
    {
        var node = Forced();
        while (node.Role == Role.Replaying) node.Wait(1);
        Assert.Equal(Role.Claiming, node.Role);
        Assert.Equal(21, node.All<ProbeAddress>().Count); // the last one leaves when the twentieth has had its time

        node = Forced();
        while (node.All<ProbeAddress>().Count < 20) node.Wait(1);
        Assert.Contains("and waits until 20 questions for it in a row have gone unanswered.", ElectionExplanation.Explain(node.State, node.Now, node.Settings)[^1], StringComparison.Ordinal);
        node.Input(new AddressAnswered()).Input(new AddressesReleased("")).Wait(1_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<ClaimAddresses>());
    }

    [Theory]
    [InlineData(1, 430)]
    [InlineData(1_000, 1_800)] // none can leave
    public void A_question_that_cannot_leave_counts_for_none_and_holds_nobody_up_for_long(int unsent, double waitsMs)
    {
        var (node, asked) = (Forced(), 0);
        var began = node.Now;
        while (node.Role == Role.Replaying)
        {
            if (node.All<ProbeAddress>().Count > asked && asked++ < unsent) node.Input(new AddressNotAsked());
            node.Wait(1);
        }
        Assert.Equal(Role.Claiming, node.Role);
        Assert.InRange((node.Now - began).TotalMilliseconds, waitsMs - 15, waitsMs + 15);
    }

    /// <summary>Its replica is complete, and the address is asked for.</summary>
    private static Scenario Forced()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Wait(5_000).Forget().Input(new TakeoverForced("root"));
        return node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
    }

    [Fact]
    public void Whoever_was_forced_and_has_met_somebody_since_follows_rule_10_again()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Wait(5_000).Input(new TakeoverForced("root")).CompleteClaim();
        var rig = new LanRig(node) { Witness = true };
        rig.Run(5_000);
        rig.Witness = false;
        rig.Run(5_000);
        Assert.True(node.Has<ReleaseAddresses>());
        node.Input(new AddressesReleased(""));
        Assert.Null(node.State.Forced);
    }

    [Fact]
    public void A_node_that_waits_for_its_peer_after_a_restart_need_not()
    {
        var node = new Scenario().Begin(highest: 5).Input(new LinkChanged(LinkStatus.Refused, "")).Wait(5_000);
        Assert.Equal(Role.Standby, node.Role);
        node.Input(new TakeoverForced("root"));
        Assert.Contains("neither active nor in sync", Accepted(node), StringComparison.Ordinal);
        node.CompleteClaim();
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void A_claim_that_is_forbidden_because_changes_are_missing_is_made_all_the_same()
    {
        var node = new Scenario(claimWhenStale: false).StandbyOf(3).Wait(605);
        node.Input(new CaughtUp(node.State.Terms.Held, 7, "", 2)).Input(new AddressesReleased(""));
        node.Input(new ReplicaChanged(new ReplicaPosition(7, "", InSync: false, JournalState.Usable) { MayLack = true })).Wait(2_000);
        Assert.Equal(Role.Standby, node.Role);
        node.Forget().Input(new TakeoverForced("root"));
        Accepted(node);
        node.CompleteClaim(missing: 2);
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.StaleClaim));
    }

    [Fact]
    public void A_node_in_fault_and_one_whose_roles_are_frozen_take_over_where_nobody_holds()
    {
        var fault = new Scenario().StandbyOf(3).Input(new LocalFault("test")).Wait(650).Forget();
        Assert.Equal(Role.Fault, fault.Role);
        fault.Input(new TakeoverForced("root")).CompleteClaim();
        Assert.Equal(Role.Active, fault.Role);
        var paused = new Scenario().StandbyOf(3).Input(new PauseRequested(true, "root")).Wait(650).Forget();
        paused.Input(new TakeoverForced("root")).CompleteClaim();
        Assert.Equal((Role.Active, true), (paused.Role, paused.State.Paused));
    }

    [Fact]
    public void While_the_active_is_heard_on_the_link_it_must_release_first()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        node.Wait(5_000, () => node.Beat(Scenario.PeerIs(Role.Active, 3)));
        Assert.StartsWith("b is active (cluster link, ", Refused(node), StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_active_is_heard_on_the_LAN_it_must_release_first()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        node.Wait(5_000, () => node.Advert(3));
        Assert.StartsWith("an active node advertises on the LAN (192.0.2.2, ", Refused(node), StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_address_answers_it_must_be_released_first()
    {
        var node = new Scenario().StandbyOf(3);
        node.Wait(5_000, () => node.Input(new AddressAnswered()));
        Assert.StartsWith("b still answers for the address: both nodes would have the addresses", Refused(node), StringComparison.Ordinal);
    }

    [Fact]
    public void A_holder_that_shows_only_when_it_is_asked_ends_the_claim()
    {
        var node = new Scenario().StandbyOf(3).Input(new LocalFault("test")).Wait(650).Input(new TakeoverForced("root"));
        Assert.Equal(Role.Replaying, node.Role);
        node.Input(new AddressAnswered()).Input(new AddressesReleased(""));
        Assert.False(node.Has<ClaimAddresses>());
        Assert.NotEqual(Role.Active, node.Role);
    }

    [Fact]
    public void Where_nothing_forbids_the_claim_there_is_nothing_to_force()
    {
        var waits = new Scenario().StandbyOf(3).Input(new LinkChanged(LinkStatus.Lost, "")).Advert(3, released: true);
        Assert.Equal("this node is replaying already", Refused(waits));
        var active = new Scenario().ActiveAlone();
        Assert.Equal("this node is active already", Refused(active));
        var gone = new Scenario(witnesses: true).StandbyOf(3).Wait(550).Input(new LinkChanged(LinkStatus.Refused, "")).Wait(400);
        Assert.Equal("the process of b has only just gone, and its kernel may hold the address for another 1.00 s: try again then", Refused(gone));
        var released = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby)).Input(new CarrierChanged(false, "carrier lost")).Input(new AddressesReleased("")).Input(new CarrierChanged(true, "")).Wait(200);
        Assert.Equal("this node released a moment ago, and b may be about to take over: try again in 1.00 s", Refused(released));
        var starting = new Scenario().Begin();
        Assert.Equal("this node has only just started and still listens: try again in a moment", Refused(starting));
    }

    [Fact]
    public void Between_the_last_sign_of_the_active_and_the_deadline_the_node_is_told_to_wait()
    {
        var listens = new Scenario().StandbyOf(3).Wait(100).StandStill(1_000).Input(new Tick()).Wait(50);
        Assert.Equal("this node stood still, and listens for another 0.55 s before it knows who is there: try again then", Refused(listens));
    }

    private static string Accepted(Scenario node)
    {
        var answer = node.All<AnswerOperator>()[^1];
        Assert.True(answer.Accepted, answer.Text);
        return answer.Text;
    }

    private static string Refused(Scenario node)
    {
        var before = node.Role;
        node.Input(new TakeoverForced("root"));
        var answer = node.All<AnswerOperator>()[^1];
        Assert.False(answer.Accepted, answer.Text);
        Assert.Equal(before, node.Role);
        return answer.Text;
    }
}
