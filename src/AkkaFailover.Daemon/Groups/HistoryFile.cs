using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;

namespace AkkaFailover.Daemon.Groups;

/// <summary>A group's history as JSON lines in <c>state-dir/GROUP.history</c>; kept below two megabytes by one rotation.</summary>
public sealed partial class HistoryFile(string path)
{
    private const long RotateAt = 1 << 20;

    /// <summary>Where it lies.</summary>
    public string Path => path;

    /// <summary>Adds a line; not fsynced, it is for people.</summary>
    /// <exception cref="IOException">The line could not be written.</exception>
    public void Append(GroupEvent happened)
    {
        if (File.Exists(path) && new FileInfo(path).Length > RotateAt) File.Move(path, path + ".1", overwrite: true);
        File.AppendAllText(path, JsonSerializer.Serialize(Line.Of(happened), LineJson.Default.Line) + "\n");
    }

    /// <summary>The last lines, oldest first; lines that cannot be read are left out.</summary>
    public IReadOnlyList<GroupEvent> ReadLast(int count)
    {
        var lines = Read(path + ".1").Concat(Read(path)).ToList();
        return lines.Skip(Math.Max(0, lines.Count - count)).ToList();
    }

    private static IEnumerable<GroupEvent> Read(string file)
    {
        if (!File.Exists(file)) yield break;
        foreach (var text in File.ReadLines(file))
        {
            if (Parse(text) is { } happened) yield return happened;
        }
    }

    /// <summary>Reads one line; null where it says nothing.</summary>
    internal static GroupEvent? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, LineJson.Default.Line)?.ToEvent();
        }
        catch (JsonException)
        {
            return null; // a line cut short by a power cut
        }
    }

    [JsonSerializable(typeof(Line))]
    private sealed partial class LineJson : JsonSerializerContext;

    private sealed record Line(DateTimeOffset At, string Kind, string Text, Role? From, Role? To, uint Term, string? Cause,
        PathEvidence Heartbeat, PathEvidence Cluster, PathEvidence Lan, ReportLine? Report = null)
    {
        public static Line Of(GroupEvent happened) => happened.Change is { } change
            ? new(happened.At, happened.Kind, happened.Text, change.From, change.To, change.Term.Value, change.Cause,
                change.Evidence.Heartbeat, change.Evidence.Cluster, change.Evidence.Lan)
            : new(happened.At, happened.Kind, happened.Text, null, null, 0, null, default, default, default, ReportLine.Of(happened.Phases));

        // Moments of an earlier run mean nothing on this run's time line: the wall clock is what remains.
        public GroupEvent ToEvent() => new(At, Kind, Text, From is { } from && To is { } to
            ? new RoleChange(Moment.Zero, from, to, new Term(Term), Cause ?? "", new EvidenceSummary(Heartbeat, Cluster, Lan))
            : null, Report?.ToReport());
    }

    // A line of a version that knew other kinds or fewer fields is read as far as it goes.
    private sealed record ReportLine(ReportKind Kind, uint Term, string? Failure, IReadOnlyList<Phase>? Phases, string? Evidence)
    {
        public static ReportLine? Of(PhaseReport? report) => report is null
            ? null
            : new(report.Kind, report.Term.Value, report.Failure, report.Phases, report.Evidence);

        public PhaseReport ToReport() => new(Kind, new Term(Term), Failure ?? "", Phases ?? [], Evidence ?? "");
    }
}
