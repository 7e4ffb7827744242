using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Control.Commands.Cluster;

/// <summary>The link and the membership.</summary>
internal sealed class ClusterShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "the link to the peer, its greeting, and the membership")
    {
        Examples = ["cluster show"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var report = await call.AskAsync<ClusterReport>(call.Context.Link, new GetCluster(), "the cluster link");
        var data = new JsonObject
        {
            ["node"] = report.Node,
            ["listen"] = report.Listen,
            ["peers"] = Array(report.Peers, ToJson),
            ["members"] = Array(report.Members, member => new JsonObject
            {
                ["address"] = member.Address,
                ["status"] = member.Status,
                ["reachable"] = member.Reachable,
            }),
        };
        var differences = report.Peers.SelectMany(peer => peer.Differences.Select(difference => new Cell($"{peer.Node}: {difference}", Tone.Warn))).ToList();
        var parts = new List<ViewPart>
        {
            new TableView(["PEER", "ADDRESS", "LINK", "PROTOCOL", "SOFTWARE", "ROUND TRIP"], [.. report.Peers.Select(ToRow)], "no peers")
            {
                Title = $"Node {report.Node}, listening on {report.Listen}",
            },
            new TableView(["MEMBER", "STATUS", "REACHABLE"], [.. report.Members.Select(ToRow)], "in no cluster yet") { Title = "Membership" },
        };
        var refused = report.Peers.SelectMany(peer => InOrder(peer.Refused).Select(pair => (IReadOnlyList<Cell>)[peer.Node, pair.Key, $"{pair.Value}"])).ToList();
        if (refused.Count > 0) parts.Add(new TableView(["PEER", "REASON", "COUNT"], refused, "") { Title = "Messages dropped" });
        if (differences.Count > 0) parts.Add(new LinesView(differences) { Title = "Differences in configuration" });
        return Done(data, parts);
    }

    private static JsonObject ToJson(ClusterPeer peer) => new()
    {
        ["node"] = peer.Node,
        ["address"] = peer.Address,
        ["link"] = Word(peer.Status),
        ["protocolVersion"] = peer.ProtocolVersion,
        ["software"] = peer.Software,
        ["roundTripMilliseconds"] = peer.RoundTripMilliseconds,
        ["differences"] = Array(peer.Differences, difference => difference),
        ["refused"] = new JsonObject(InOrder(peer.Refused).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
    };

    private static IReadOnlyList<Cell> ToRow(ClusterPeer peer) => [
        peer.Node,
        peer.Address,
        new Cell(Word(peer.Status), peer.Status switch { LinkStatus.Connected => Tone.Good, LinkStatus.Unknown => Tone.Dim, _ => Tone.Bad }),
        peer.ProtocolVersion == 0 ? Wording.None : $"{peer.ProtocolVersion}",
        peer.Software.Length == 0 ? Wording.None : peer.Software,
        peer.RoundTripMilliseconds is { } milliseconds ? $"{milliseconds:0.##} ms" : Wording.None,
    ];

    private static IReadOnlyList<Cell> ToRow(ClusterMember member) =>
        [member.Address, member.Status, Wording.YesNo(member.Reachable, Tone.Bad)];

    private static IOrderedEnumerable<KeyValuePair<string, long>> InOrder(IReadOnlyDictionary<string, long> counters) =>
        counters.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private static string Word(LinkStatus status) => status.ToString().ToLowerInvariant();
}
