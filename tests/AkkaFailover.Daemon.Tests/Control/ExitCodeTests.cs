using AkkaFailover.Cli.Local;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>What scripts branch on.</summary>
public sealed class ExitCodeTests : ControlLab
{
    [Theory]
    [InlineData("gruop show", "unknown command 'gruop': did you mean 'group'?")]
    [InlineData("group shwo", "group: unknown command 'shwo': did you mean 'show'?")]
    [InlineData("group show vpn more", "'more' is one word too many")]
    [InlineData("group show UPPER", "'UPPER' cannot be the name of a group")]
    [InlineData("group takeover", "it wants --force")]
    [InlineData("group history --last 0", "'0' is not a whole number from 1 to 10000")]
    [InlineData("heartbeat peek --last", "--last needs a value: --last N")]
    [InlineData("group history --last 1 --last 2", "--last is given twice")]
    [InlineData("group history --lsat 1", "did you mean '--last'?")]
    [InlineData("group handover --wait=yes", "--wait takes no value")]
    [InlineData("config set", "KEY is missing")]
    [InlineData("config set key", "VALUE is missing")]
    [InlineData("config set --stdin key", "'key' is one word too many")]
    [InlineData("config rollback soon", "VERSION: 'soon' is not a whole number")]
    [InlineData("config import", "DIR is missing")]
    [InlineData("log level loud", "'loud' is not a level")]
    [InlineData("status --output yaml", "'yaml' is not table or json")]
    [InlineData("", "a command is missing")]
    public async Task A_wrong_command_line_exits_64_and_says_what_was_meant(string words, string expected)
    {
        var ran = await CtlAsync(words);
        Assert.Equal(64, ran.Code);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
        Assert.Empty(ran.Out);
    }

    [Theory]
    [InlineData("group show other", 1, "no group 'other': this node has vpn")]
    [InlineData("config get none", 1, "no key 'none'")]
    [InlineData("status --socket /nonexistent/control.sock", 2, "no socket /nonexistent/control.sock")]
    [InlineData("gruop show --socket /nonexistent/control.sock", 64, "did you mean 'group'?")]
    [InlineData("config set k --file /nonexistent", 1, "/nonexistent")]
    public async Task What_is_not_done_exits_with_its_reason(string words, int code, string expected)
    {
        var ran = await CtlAsync(words);
        Assert.Equal(code, ran.Code);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparison_exits_0_where_both_nodes_hold_the_same_and_2_where_the_peer_is_silent()
    {
        When<ComparePeer>(_ => CannedPair.Compared with { Theirs = CannedPair.Compared.Ours, Differences = [] });
        Assert.Equal(0, (await CtlAsync("config diff-peer")).Code);
        When<ComparePeer>(_ => new PeerSilent("b did not say what it holds"));
        var ran = await CtlAsync("config diff-peer");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains("b did not say", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_is_read_by_the_client_itself_where_a_configuration_file_is_named()
    {
        Assert.NotNull(LocalPalettes.Find(["journal", "verify", "--config", "x.conf"]));
        Assert.NotNull(LocalPalettes.Find(["journal", "verify", "vpn", "--config", "x.conf"]));
        Assert.Null(LocalPalettes.Find(["journal", "verify"]));
        Assert.Single(LocalPalettes.Offline.Find("journal")!.Commands, command => command.Name == "verify");
        Assert.NotEqual(0, (await CtlAsync("journal verify --config /nonexistent.conf")).Code);
    }

    [Fact]
    public async Task Help_needs_no_daemon()
    {
        var ran = await CtlAsync("help group handover --socket /nonexistent/control.sock");
        Assert.Equal(0, ran.Code);
        Assert.Contains("failoverctl group handover [GROUP] [--wait]", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_active_exits_1_on_a_standby_and_2_where_the_election_is_silent()
    {
        When<GetElection>(_ => CannedPair.Active with { Role = Role.Standby });
        Assert.Equal(1, (await CtlAsync("cluster is-active vpn")).Code);
        When<GetElection>(_ => null);
        var ran = await CtlAsync("cluster is-active vpn");
        Assert.Equal(2, ran.Code);
        Assert.Contains("the election of group vpn did not answer within 2 s", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verification_that_finds_something_shows_it_and_exits_1()
    {
        When<VerifyVip>(_ => new VipVerification(false, [new("192.0.2.222/24", "eth0", true, true, 0.9, ["02:00:00:00:00:66"])]));
        var ran = await CtlAsync("vip verify vpn");
        Assert.Equal(1, ran.Code);
        Assert.Contains("02:00:00:00:00:66", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_announcement_on_the_standby_is_refused()
    {
        When<GetVip>(_ => CannedPair.Holding with { Holds = false });
        var ran = await CtlAsync("vip announce");
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains("announce them on the active", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_link_is_named()
    {
        When<GetCluster>(_ => null);
        var ran = await CtlAsync("cluster show");
        Assert.Equal(2, ran.Code);
        Assert.Contains("the cluster link did not answer", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handover_waits_until_the_other_node_is_active()
    {
        var asked = 0;
        When<GetElection>(_ => asked++ < 3
            ? CannedPair.Active with { Role = Role.Releasing }
            : CannedPair.Active with { Role = Role.Standby, Peer = CannedPair.Standby with { Role = Role.Active, Term = new Core.Term(8) } });
        var ran = await CtlAsync("group handover vpn --wait");
        Assert.Equal(0, ran.Code);
        Assert.Contains("handing over to b, asked for by root", ran.Out, StringComparison.Ordinal);
        Assert.Contains("b is active under term 8", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_handover_says_why_and_does_not_wait()
    {
        When<HandoverRequested>(_ => new OperatorAnswer(false, "b is not eligible: no carrier on eth0"));
        var ran = await CtlAsync("group handover vpn --wait");
        Assert.Equal(1, ran.Code);
        Assert.Contains("b is not eligible: no carrier on eth0", ran.Error, StringComparison.Ordinal);
    }
}

/// <summary>A node with two groups.</summary>
public sealed class TwoGroupsTests() : ControlLab("vpn", "web")
{
    [Fact]
    public async Task A_group_must_be_named_where_there_are_two()
    {
        var ran = await CtlAsync("group explain");
        Assert.Equal(64, ran.Code);
        Assert.Contains("which group? This node has vpn, web", ran.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("group explain web")).Code);
        Assert.Equal(0, (await CtlAsync("config show --group web")).Code);
    }

    [Fact]
    public async Task The_status_shows_both()
    {
        var ran = await CtlAsync("status");
        Assert.Contains("vpn", ran.Out, StringComparison.Ordinal);
        Assert.Contains("web", ran.Out, StringComparison.Ordinal);
    }
}
