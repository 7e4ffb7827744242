using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Core.Phases;

/// <summary>A report as people read it.</summary>
public static class PhaseView
{
    /// <summary>Its head, then a row for each phase, then the sum.</summary>
    /// <param name="report">The report.</param>
    /// <param name="when">When it was written.</param>
    public static IReadOnlyList<ViewPart> Of(PhaseReport report, string when)
    {
        var head = new List<Pair>
        {
            new("What", report.Term == Term.None ? report.Word : $"{report.Word}, term {report.Term}"),
            new("Written", when),
            new("Result", report.Ok ? new Cell("ok", Tone.Good) : new Cell($"failed: {report.Failure}", Tone.Bad)),
            new("Evidence", report.Evidence),
        };
        var rows = report.Phases.Select(Row).Append(["total", Number(report.TotalMilliseconds), ""]);
        return [new PairsView(head), new TableView(["PHASE", "MS", "WHAT"], [.. rows], "") { Title = "" }];
    }

    private static IReadOnlyList<Cell> Row(Phase phase) => [phase.Name, Number(phase.Milliseconds), phase.Detail];

    private static Cell Number(double milliseconds) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{milliseconds,8:0.0}");
}
