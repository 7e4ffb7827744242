using System.Globalization;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Heartbeat;

/// <summary>Counters and timing of the adverts.</summary>
internal sealed class HeartbeatStatsCommand : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("stats", "adverts sent, accepted and refused by reason, how late they left, and what held this node up")
    {
        Arguments = [ArgumentDefinition.Group],
        Examples = ["heartbeat stats vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var stats = await call.AskAsync<HeartbeatStats>(group.Heartbeat, new GetHeartbeatStats(), $"the heartbeat of group {group.Name}");
        var refused = stats.Refused.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["intervalSeconds"] = stats.Interval.TotalSeconds,
            ["deadlineSeconds"] = stats.Deadline.TotalSeconds,
            ["realTime"] = stats.RealTime,
            ["sent"] = stats.Sent,
            ["sendFailures"] = stats.SendFailures,
            ["accepted"] = stats.Accepted,
            ["refused"] = new JsonObject(refused.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
            ["lastSentAgoSeconds"] = stats.LastSentAgo,
            ["lastAcceptedAgoSeconds"] = stats.LastAcceptedAgo,
            ["lateness"] = Array(stats.Lateness, ToJson),
            ["stalls"] = Array(stats.Stalls, ToJson),
            ["longestStall"] = stats.LongestStall is { } longest ? ToJson(longest) : null,
        };
        return Done(
            data,
            new PairsView([
                new("Interval", $"{Milliseconds(stats.Interval)}, deadline {Milliseconds(stats.Deadline)}"),
                new("Real-time thread", Wording.YesNo(stats.RealTime, Tone.Warn)),
                new("Sent", $"{stats.Sent}, last {Ago(stats.LastSentAgo)}"),
                new("Failed to leave", new Cell($"{stats.SendFailures}", stats.SendFailures == 0 ? Tone.Plain : Tone.Warn)),
                new("Accepted", $"{stats.Accepted}, last {Ago(stats.LastAcceptedAgo)}"),
                new("Longest stall", stats.LongestStall is { } stall ? $"{stall.Stall}, {Wording.Time(stall.At, call.Context.Zone)}" : "none"),
            ])
            { Title = $"Heartbeat of {group.Name}" },
            new TableView(
                ["REFUSED BECAUSE", "COUNT"],
                [.. refused.Select(pair => (IReadOnlyList<Cell>)[pair.Key, new Cell($"{pair.Value}", pair.Value == 0 ? Tone.Dim : Tone.Warn)])],
                "nothing refused") { Title = "" },
            new TableView(
                ["LATE BY UP TO", "ADVERTS"],
                [.. stats.Lateness.Select(ToRow)],
                "nothing sent yet") { Title = "" },
            new TableView(
                ["HELD UP FOR UP TO", "TIMES"],
                [.. stats.Stalls.Select(ToRow)],
                "never held up") { Title = "" });
    }

    private static JsonObject ToJson(TimeBucket bucket) => new()
    {
        ["upToMilliseconds"] = double.IsInfinity(bucket.UpToMilliseconds) ? null : bucket.UpToMilliseconds,
        ["count"] = bucket.Count,
    };

    private static JsonObject ToJson(ReportedStall longest) => new()
    {
        ["at"] = longest.At,
        ["milliseconds"] = longest.Stall.Length.TotalMilliseconds,
        ["collectingMilliseconds"] = longest.Stall.Collecting.TotalMilliseconds,
        ["starvingMilliseconds"] = longest.Stall.Starving.TotalMilliseconds,
        ["cause"] = longest.Stall.Cause,
    };

    private static IReadOnlyList<Cell> ToRow(TimeBucket bucket) => [UpTo(bucket), $"{bucket.Count}"];

    private static string Ago(double? seconds) => seconds is { } ago ? $"{Wording.Duration(ago)} ago" : "never";

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");

    private static string UpTo(TimeBucket bucket) => double.IsInfinity(bucket.UpToMilliseconds)
        ? "more"
        : string.Create(CultureInfo.InvariantCulture, $"{bucket.UpToMilliseconds:0.##} ms");
}
