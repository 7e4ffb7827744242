using System.Text.Json;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Chaos;

/// <summary>A line of a node's history.</summary>
/// <param name="At">When, on the lab's time line; to some milliseconds, since it comes from a wall clock.</param>
/// <param name="Node">Whose.</param>
/// <param name="Kind">role, alarm, clear, note and so on.</param>
/// <param name="Text">As people read it.</param>
/// <param name="From">The role before; empty where it is no change of role.</param>
/// <param name="To">The role after.</param>
/// <param name="Term">Held after it; 0 for none.</param>
/// <param name="Cause">Of a change of role.</param>
internal sealed record HistoryEvent(Moment At, string Node, string Kind, string Text, string From, string To, uint Term, string Cause);

/// <summary>Reads a node's history as it grows.</summary>
internal sealed class History(AkkaNode node)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private string _last = "";

    /// <summary>What has come since the last call.</summary>
    /// <exception cref="LabException">The node does not answer.</exception>
    public IReadOnlyList<HistoryEvent> ReadNew()
    {
        using var document = JsonDocument.Parse(node.History);
        var events = document.RootElement.GetProperty("events").EnumerateArray().ToList();
        var known = events.FindLastIndex(happened => happened.GetRawText() == _last);
        if (events.Count > 0) _last = events[^1].GetRawText();
        var (now, wall) = (LabClock.Now, DateTimeOffset.UtcNow);
        return [.. events.Skip(known + 1).Select(happened => Parse(happened, now, wall))];
    }

    private HistoryEvent Parse(JsonElement happened, Moment now, DateTimeOffset wall)
    {
        // A stepped clock is off by whole hours; what happened is some minutes old at most.
        var ago = wall - happened.GetProperty("at").GetDateTimeOffset();
        ago -= Math.Round(ago / Hour) * Hour;
        return new HistoryEvent(now - ago, node.Host.Name, Text(happened, "kind"), Text(happened, "text"), Text(happened, "from"), Text(happened, "to"),
            happened.TryGetProperty("term", out var term) ? term.GetUInt32() : 0, Text(happened, "cause"));
    }

    private static string Text(JsonElement happened, string property) => happened.TryGetProperty(property, out var text) ? text.GetString() ?? "" : "";
}
