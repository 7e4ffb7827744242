using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Heartbeat;

/// <summary>The last adverts on the wire, decoded.</summary>
internal sealed class HeartbeatPeek : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("peek", "the last adverts on the wire, decoded, with the verdict on each")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [OptionDefinition.Last],
        Examples = ["heartbeat peek vpn --last 10"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var adverts = await call.AskAsync<IReadOnlyList<PeekedAdvert>>(group.Heartbeat, new PeekAdverts(call.Last), $"the heartbeat of group {group.Name}");
        return Done(
            new JsonObject { ["group"] = group.Name.Value, ["adverts"] = Array(adverts, ToJson) },
            new TableView(["TIME", "", "SOURCE", "VERDICT", "ADVERT"], [.. adverts.Select(advert => ToRow(advert, call.Context.Zone))], "no adverts seen yet"));
    }

    private static JsonObject ToJson(PeekedAdvert advert) => new()
    {
        ["at"] = advert.At,
        ["outgoing"] = advert.Outgoing,
        ["source"] = advert.Source,
        ["verdict"] = advert.Verdict,
        ["text"] = advert.Text,
    };

    private static IReadOnlyList<Cell> ToRow(PeekedAdvert advert, TimeZoneInfo zone) => [
        Wording.Time(advert.At, zone),
        advert.Outgoing ? "out" : "in",
        advert.Source,
        new Cell(advert.Verdict, advert.Verdict switch { "accepted" => Tone.Good, "sent" => Tone.Plain, _ => Tone.Warn }),
        advert.Text,
    ];
}
