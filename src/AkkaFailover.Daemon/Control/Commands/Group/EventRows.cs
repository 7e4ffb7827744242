using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Events as JSON and as lines.</summary>
internal static class EventRows
{
    public static JsonObject ToJson(GroupEvent happened)
    {
        var data = new JsonObject { ["at"] = happened.At, ["kind"] = happened.Kind, ["text"] = happened.Text };
        if (happened.Change is { } change)
        {
            data["from"] = change.From.Word();
            data["to"] = change.To.Word();
            data["term"] = change.Term.Value;
            data["cause"] = change.Cause;
        }
        if (happened.Phases is { } phases) data["report"] = phases.ToJson();
        return data;
    }

    public static IReadOnlyList<Cell> ToRow(GroupEvent happened, TimeZoneInfo zone) =>
        [Wording.Time(happened.At, zone), new Cell(happened.Kind, ToneOf(happened)), happened.Text];

    public static string ToLine(GroupEvent happened, TimeZoneInfo zone) => $"{Wording.Time(happened.At, zone)}  {happened.Kind,-8} {happened.Text}";

    private static Tone ToneOf(GroupEvent happened) => happened switch
    {
        { Change.To: Role.Active } or { Kind: "clear" } or { Phases.Ok: true } => Tone.Good,
        { Change.To: Role.Fault } or { Kind: "alarm" } or { Phases.Ok: false } => Tone.Bad,
        { Kind: "note" } => Tone.Dim,
        _ => Tone.Plain,
    };
}
