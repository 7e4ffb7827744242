using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>The decision with its evidence.</summary>
internal sealed class GroupExplain : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("explain", "why the role is what it is, and what would change it")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = ["The sentences come from the same pure function that decides."],
        Examples = ["group explain vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var report = await call.AskAsync<ElectionReport>(group.Election, new GetElection(), $"the election of group {group.Name}");
        var role = report.Role.Word();
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["node"] = call.Context.Settings.Node.Value,
            ["role"] = role,
            ["sinceSeconds"] = Math.Round(report.SinceSeconds, 3),
            ["term"] = report.Term.Value,
            ["evidence"] = new JsonObject
            {
                ["heartbeat"] = EvidenceSummary.Word(report.Evidence.Heartbeat),
                ["cluster"] = EvidenceSummary.Word(report.Evidence.Cluster),
                ["lan"] = EvidenceSummary.Word(report.Evidence.Lan),
            },
            ["explanation"] = Array(report.Explanation, line => line),
        };
        return Done(
            data,
            new LinesView([.. report.Explanation.Select(line => new Cell($"  {line}"))])
            {
                Title = $"{group.Name} on {call.Context.Settings.Node}: {role} for {Wording.Duration(report.SinceSeconds)}"
                    + (report.Term == Core.Term.None ? "" : $", term {report.Term}"),
            },
            new PairsView([
                new("heartbeat", Wording.Evidence(EvidenceSummary.Word(report.Evidence.Heartbeat))),
                new("cluster link", Wording.Evidence(EvidenceSummary.Word(report.Evidence.Cluster))),
                new("lan", Wording.Evidence(EvidenceSummary.Word(report.Evidence.Lan))),
                new("its last beat", PeerLine(report.Peer)),
            ])
            { Title = "What each path says of the peer" });
    }

    private static Cell PeerLine(PeerBeat? peer) => peer is null
        ? new Cell("none that counts", Tone.Dim)
        : $"{peer.Role.Word()}, {(peer.Eligible ? "eligible" : $"not eligible: {peer.WhyNot}")}, version {peer.Replica.Version}, highest term {peer.HighestTerm}";
}
