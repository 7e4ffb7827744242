using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Compares with what the peer really holds.</summary>
internal sealed class ConfigDiffPeer : ControlCommand
{
    /// <summary>Rows that are shown; the numbers count all.</summary>
    private const int MaxRows = 1_000;

    /// <summary>A million keys take some seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public override CommandDefinition Definition { get; } = new("diff-peer", "compare keys, versions and contents with what the other node holds")
    {
        Options = [OptionDefinition.Group],
        Details = [
            $"The other node is asked over the cluster link. Exit code 0 where both hold the same, 1 where they differ (the first {MaxRows} keys are shown), 2 where it did not answer. "
            + "While changes are being made, what differs is compared again for two seconds before it counts.",
        ],
        Examples = ["config diff-peer && echo same"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var compared = await call.AskAsync<object>(group.Replica, new ComparePeer(), $"the replica of group {group.Name}", Patience) switch
        {
            PeerCompared found => found,
            PeerSilent silent => throw new CommandRefusedException(silent.Reason, ExitCode.Unreachable),
            var other => throw new InvalidOperationException($"the replica answered {other}"),
        };
        var same = compared.Differences.Count == 0 && compared.Ours == compared.Theirs;
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["same"] = same,
            ["keys"] = compared.Keys,
            ["ours"] = ToJson(compared.Ours),
            ["theirs"] = ToJson(compared.Theirs),
            ["differences"] = compared.Differences.Count,
            ["entries"] = Array(compared.Differences.Take(MaxRows), difference => new JsonObject
            {
                ["key"] = difference.Key,
                ["ours"] = ToJson(difference.Ours),
                ["theirs"] = ToJson(difference.Theirs),
            }),
        };
        var view = new List<ViewPart>
        {
            new PairsView([
                new("Keys", $"{compared.Keys}"),
                new("Here", compared.Ours.ToString()),
                new("Peer", compared.Theirs.ToString()),
                new("Verdict", same ? new Cell("the same", Tone.Good) : new Cell("different", Tone.Bad)),
            ]),
        };
        if (compared.Differences.Count > 0)
            view.Add(new TableView(["KEY", "HERE", "PEER"], [.. compared.Differences.Take(MaxRows).Select(ToRow)], ""));
        return same ? Done(data, view) : Done(data, view) with { Code = ExitCode.Refused, Error = Difference(compared) };
    }

    private static string Difference(PeerCompared compared) => compared.Differences.Count > 0
        ? $"{compared.Differences.Count} of {compared.Keys} keys differ"
        : "the keys are the same, but not the history behind them";

    private static JsonObject ToJson(Mark mark) => new() { ["version"] = mark.Version, ["digest"] = mark.Digest.ToString() };

    private static JsonObject? ToJson(EntryMark? entry) => entry is null
        ? null
        : new JsonObject { ["version"] = entry.Version, ["size"] = entry.Size, ["fingerprint"] = entry.Content.Fingerprint };

    private static IReadOnlyList<Cell> ToRow(EntryDifference difference) => [difference.Key, Describe(difference.Ours), Describe(difference.Theirs)];

    private static Cell Describe(EntryMark? entry) => entry is null ? new Cell("not there", Tone.Bad) : $"version {entry.Version}, {entry.Content.Fingerprint}";
}
