using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Phases;
using AkkaFailover.Daemon.Control;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>What operators and scripts see of each command, through the real socket and the real client.</summary>
public sealed class GoldenOutputTests : ControlLab
{
    [Theory]
    [InlineData("status")]
    [InlineData("group show vpn")]
    [InlineData("group explain")]
    [InlineData("group history")]
    [InlineData("group history --last")]
    [InlineData("group handover")]
    [InlineData("group rehearse")]
    [InlineData("group takeover --force")]
    [InlineData("group pause vpn")]
    [InlineData("group resume vpn")]
    [InlineData("cluster show")]
    [InlineData("cluster is-active vpn")]
    [InlineData("config show")]
    [InlineData("config log")]
    [InlineData("config rollback 1040")]
    [InlineData("config rollback 1040 --dry-run")]
    [InlineData("config diff-peer")]
    [InlineData("config conflicts")]
    [InlineData("config conflicts show c38c55335cd4")]
    [InlineData("config conflicts apply nothing")]
    [InlineData("config conflicts forget c38c55335cd4")]
    [InlineData("config paths")]
    [InlineData("config get server/port")]
    [InlineData("config get server/none")]
    [InlineData("vip show")]
    [InlineData("vip verify")]
    [InlineData("vip announce")]
    [InlineData("heartbeat stats")]
    [InlineData("heartbeat peek")]
    [InlineData("service show")]
    [InlineData("service check")]
    [InlineData("service restart")]
    [InlineData("service clients")]
    [InlineData("journal verify")]
    [InlineData("journal compact")]
    [InlineData("hocon effective")]
    [InlineData("actor hierarchy")]
    [InlineData("log level")]
    [InlineData("version")]
    public async Task A_command_shows_text_to_people_and_json_to_programs(string words)
    {
        var name = words.Replace("--", "", StringComparison.Ordinal).Replace(' ', '-').Replace('/', '-');
        Golden.Check($"golden/{name}.txt", Transcript(words, await CtlAsync(words)));
        Golden.Check($"golden/{name}.json.txt", Transcript($"{words} --output json", await CtlAsync($"{words} --output json")));
    }

    [Fact]
    public async Task A_status_with_trouble_says_what_to_look_at()
    {
        When<Daemon.Groups.GetElection>(_ => CannedPair.Active with
        {
            Role = Role.Standby,
            Term = Core.Term.None,
            LeaseSeconds = null,
            Eligible = false,
            WhyNot = "no carrier on eth0",
            Paused = true,
            Evidence = new EvidenceSummary(PathEvidence.Lost, PathEvidence.Lost, PathEvidence.Unknown),
            Peer = null,
            Alarms = [CannedPair.Alarm],
        });
        When<Daemon.Groups.GetVip>(_ => new VipReport(false, Core.Term.None, null, 4711, 0));
        When<Daemon.Replica.GetReplica>(_ => CannedPair.InSync with { Position = CannedPair.Position with { InSync = false }, UnreplicatedVersions = 3, UnreplicatedSeconds = 75 });
        Golden.Check("golden/status-trouble.txt", Transcript("status", await CtlAsync("status")));
        Golden.Check("golden/status-trouble.json.txt", Transcript("status --output json", await CtlAsync("status --output json")));
    }

    [Fact]
    public async Task The_last_report_may_be_of_a_claim_that_failed_and_a_rehearsal_does_not_hide_it()
    {
        var failed = CannedPair.Failover with { Failure = "the digest does not match", Phases = [.. CannedPair.Failover.Phases.Take(3)] };
        var rehearsed = new PhaseReport(ReportKind.Rehearsal, Core.Term.None, "", [new("service", 700, "")], "");
        var at = CannedPair.History[^1].At;
        When<Daemon.Groups.GetHistory>(_ => (IReadOnlyList<Daemon.Groups.GroupEvent>)
            [new(at, "failover", failed.Text, null, failed), new(at.AddHours(1), "rehearsal", rehearsed.Text, null, rehearsed)]);
        Golden.Check("golden/group-history-last-failed.txt", Transcript("group history --last", await CtlAsync("group history --last")));
    }

    [Fact]
    public async Task A_node_without_a_report_says_so()
    {
        When<Daemon.Groups.GetHistory>(_ => (IReadOnlyList<Daemon.Groups.GroupEvent>)[.. CannedPair.History.Take(3)]);
        Golden.Check("golden/group-history-last-none.txt", Transcript("group history --last", await CtlAsync("group history --last")));
        Assert.Empty(JsonNode.Parse((await CtlAsync("group history --last --output json")).Out)!["phases"]!.AsArray());
    }

    [Fact]
    public async Task A_service_that_was_given_up_says_when_it_is_started_again()
    {
        When<Daemon.Groups.GetService>(_ => CannedPair.GivenUp);
        Golden.Check("golden/service-show-given-up.txt", Transcript("service show", await CtlAsync("service show")));
        Golden.Check("golden/group-show-given-up.txt", Transcript("group show vpn", await CtlAsync("group show vpn")));
    }

    [Fact]
    public async Task A_rehearsal_that_fails_says_where_and_why_and_one_that_is_refused_why()
    {
        When<Daemon.Rehearsal.Rehearse>(ask => Rehearse(ask, CannedPair.Broken));
        Golden.Check("golden/group-rehearse-failed.txt", Transcript("group rehearse", await CtlAsync("group rehearse")));
        Golden.Check("golden/group-rehearse-failed.json.txt", Transcript("group rehearse --output json", await CtlAsync("group rehearse --output json")));
        When<Daemon.Rehearsal.Rehearse>(_ => new Daemon.Groups.OperatorAnswer(false, "this node is active"));
        Golden.Check("golden/group-rehearse-refused.txt", Transcript("group rehearse", await CtlAsync("group rehearse")));
    }

    [Fact]
    public async Task A_status_never_fails_because_one_part_is_silent()
    {
        When<Daemon.Replica.GetReplica>(_ => null);
        Golden.Check("golden/status-silent-replica.txt", Transcript("status", await CtlAsync("status")));
    }

    [Fact]
    public async Task Help_comes_from_the_definitions()
    {
        Golden.Check("golden/help.txt", (await CtlAsync("help")).Out);
        Golden.Check("golden/help-group.txt", (await CtlAsync("help group")).Out);
        Golden.Check("golden/help-config-set.txt", (await CtlAsync("config set --help")).Out);
    }

    [Fact]
    public void The_client_knows_the_daemons_definitions_also_while_it_does_not_run()
    {
        var catalogue = new Catalogue("", "", [], [.. ControlPalettes.All.Select(palette => palette.Definition)]);
        var node = JsonSerializer.SerializeToNode(catalogue, ControlProtocol.Json.Catalogue)!;
        Golden.Check("../../../src/AkkaFailover.Cli/palettes.json", Indented(node));
    }

    [Fact]
    public async Task The_status_has_the_contracts_fields()
    {
        var status = JsonNode.Parse((await CtlAsync("status --output json")).Out)!;
        var group = status["groups"]![0]!;
        Assert.Equal(1, (int)status["schema"]!);
        Assert.Equal("a", (string?)status["node"]);
        Assert.Equal(("vpn", "active", 7), ((string?)group["name"], (string?)group["role"], (int)group["term"]!));
        Assert.True((bool)group["eligible"]!);
        Assert.True((bool)group["holdsAddresses"]!);
        Assert.Equal("192.0.2.222/24", (string?)group["addresses"]![0]);
        Assert.Equal(1042, (long)group["config"]!["version"]!);
        Assert.True((bool)group["config"]!["inSync"]!);
        Assert.Equal(0, (long)group["config"]!["unreplicated"]!["versions"]!);
        Assert.Equal(("process", "running"), ((string?)group["service"]!["type"], (string?)group["service"]!["state"]));
        var peer = group["peers"]![0]!;
        Assert.Equal(("b", "standby", 1042), ((string?)peer["node"], (string?)peer["role"], (long)peer["version"]!));
        Assert.Equal("silent ok ok", $"{peer["evidence"]!["heartbeat"]} {peer["evidence"]!["cluster"]} {peer["evidence"]!["lan"]}");
        Assert.Empty(group["alarms"]!.AsArray());
    }

    private static string Indented(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = ControlProtocol.Json.Options.Encoder })) node.WriteTo(json);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static string Transcript(string words, Ran ran)
    {
        var text = $"$ failoverctl {words}\n{ran.Out}";
        if (!text.EndsWith('\n')) text += "\n(no newline)\n";
        foreach (var line in ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text += $"stderr: {line}\n";
        return $"{text}exit {ran.Code}\n";
    }
}
