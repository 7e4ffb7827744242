using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Rule 5: the peer's process is gone, or may be.</summary>
public class RefusedConnectionTests
{
    private static readonly LinkChanged Ended = new(LinkStatus.Lost, "") { Ended = true };

    [Theory]
    [InlineData(null, 0, 598, 610)] // its host died: no connection ended
    [InlineData(100, 0, 1_500, 1_510)] // a process may be gone: its kernel holds the address for 1.4 s at most
    [InlineData(190, 210, 598, 610)] // the connection was made anew, and ended no more
    public void Rule_5_a_connection_that_ended_has_its_time_to_be_refused(int? lostAfterMs, int backAfterMs, double earliestMs, double latestMs)
    {
        var node = new Scenario().StandbyOf(3);
        var began = node.Now;
        while (node.Role == Role.Standby)
        {
            node.Wait(1);
            var after = Math.Round((node.Now - began).TotalMilliseconds);
            if (after == lostAfterMs) node.Input(Ended);
            if (backAfterMs > 0 && after == backAfterMs) node.Input(new LinkChanged(LinkStatus.Connected, ""));
        }
        Assert.InRange((node.Now - began).TotalMilliseconds, earliestMs, latestMs);
    }

    [Fact]
    public void Rule_5_the_connection_of_a_peer_that_held_nothing_is_not_waited_for()
    {
        var held = new Scenario().StandbyOf(3).Input(Ended);
        var heldNothing = new Scenario().Begin().Beat(Scenario.PeerIs(Role.Standby)).Input(Ended);
        Assert.True(PeerEvidence.KernelMayHold(held.State, held.Now, held.Settings));
        Assert.False(PeerEvidence.KernelMayHold(heldNothing.State, heldNothing.Now, heldNothing.Settings));
    }

    [Fact]
    public void Rule_5_a_connection_that_ended_is_waited_for_as_if_it_were_refused_until_the_host_answers_but_not_for_the_address()
    {
        var node = new Scenario().StandbyOf(3).Input(Ended);
        node.Wait(700);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(110, () => node.Input(new LanContact(Witness: false)));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData(LinkStatus.Lost)]
    [InlineData(LinkStatus.Refused)]
    public void Rule_5_the_kernel_s_lifetime_counts_from_the_first_sign_whatever_the_port_shows_afterwards(LinkStatus later)
    {
        var node = new Scenario().StandbyOf(3).Input(Ended).Wait(300).Input(new LinkChanged(LinkStatus.Refused, "")).Wait(300).Input(new LinkChanged(later, ""));
        node.Wait(780);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(40);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_a_refusal_from_before_this_node_stood_still_waives_no_silence()
    {
        var node = new Scenario().StandbyOf(3).Input(new LinkChanged(LinkStatus.Refused, "")).StandStill(6_000).Wait(500);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(200);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_a_port_that_opens_and_refuses_in_turn_does_not_prolong_the_fast_questions()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        for (var turn = 0; turn < 10; turn++) node.Input(new LinkChanged(LinkStatus.Refused, "")).Wait(200).Input(new LinkChanged(LinkStatus.Lost, ""));
        node.Forget().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(1_000);
        Assert.InRange(node.All<ProbeAddress>().Count, 45, 55);
    }

    [Fact]
    public void Rule_5_a_link_that_is_given_up_after_its_silence_delays_nothing()
    {
        var node = new Scenario(timing: Scenario.Slow).StandbyOf(3);
        node.Wait(2_600).Input(new LinkChanged(LinkStatus.Lost, "")).Wait(480);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_the_kernel_s_lifetime_passes_whether_this_node_is_awake_or_not()
    {
        var node = new Scenario(timing: new HeartbeatTiming(TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(48))).StandbyOf(3);
        node.Input(Ended).StandStill(750).Wait(640);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(100);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_questions_are_fast_only_while_the_kernel_may_hold_the_address()
    {
        var node = new Scenario().StandbyOf(3).Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(1_000, () => node.Input(new AddressAnswered()));
        Assert.InRange(node.All<ProbeAddress>().Count, 190, 210);
        node.Wait(600, () => node.Input(new AddressAnswered())).Forget();
        node.Wait(1_000, () => node.Input(new AddressAnswered()));
        Assert.InRange(node.All<ProbeAddress>().Count, 45, 55);
    }

    [Fact]
    public void Rule_5_nor_does_a_node_that_stood_still_while_the_connection_ended_claim_at_once()
    {
        var node = new Scenario().StandbyOf(3).StandStill(6_000).Input(Ended);
        Assert.True(PeerEvidence.KernelMayHold(node.State, node.Now, node.Settings));
        Assert.Contains("The connection to b has ended, and its kernel may hold the address: no claim for another 1.40 s, unless 20 probes in a row go unanswered while its host answers.", ElectionExplanation.Explain(node.State, node.Now, node.Settings));
    }

    [Fact]
    public void Rule_5_a_refused_connection_waives_a_long_deadline_but_not_the_kernel_s_lifetime()
    {
        var node = new Scenario(timing: Scenario.Slow).StandbyOf(3);
        node.Wait(50).Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(1_390);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(20);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_the_kernel_s_lifetime_is_not_waited_for_when_the_host_answers_for_itself_but_not_for_the_address()
    {
        var node = new Scenario(timing: Scenario.Slow).StandbyOf(3);
        node.Wait(50).Input(new LinkChanged(LinkStatus.Refused, ""));
        Assert.True(node.Has<AskPeer>());
        Assert.False(node.Has<AskContacts>());
        node.Wait(290, () => node.Input(new LanContact(Witness: false)));
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(20, () => node.Input(new LanContact(Witness: false)));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_a_path_that_fails_just_after_the_process_is_not_taken_for_an_address_that_is_gone()
    {
        var node = new Scenario(timing: Scenario.Slow).StandbyOf(3);
        node.Wait(50).Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(100, () => node.Input(new LanContact(Witness: false)).Input(new AddressAnswered()));
        node.Wait(20, () => node.Input(new LanContact(Witness: false)));
        node.Wait(1_260);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(30);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_5_answers_of_the_host_before_the_address_last_answered_prove_nothing()
    {
        var node = new Scenario(timing: Scenario.Slow).StandbyOf(3);
        node.Wait(50).Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(290, () => node.Input(new LanContact(Witness: false)));
        node.Input(new AddressAnswered());
        node.Wait(80, () => node.Input(new LanContact(Witness: false)));
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(30, () => node.Input(new LanContact(Witness: false)));
        Assert.Equal(Role.Replaying, node.Role);
    }
}
