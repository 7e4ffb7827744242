using System.Xml.Linq;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>
/// Draws a report: a panel for each time between adverts, a row for each fault, in it a lane for each daemon with a bar for each run, the
/// shortest first, from the fault to the first answer. All panels have the same scale, which goes by the square root: from 10 ms to 10 s there is something to see.
/// </summary>
public static class FaultPlot
{
    private const double TitleWidth = 150, PlotWidth = 250, FigureWidth = 190, Gap = 18, Top = 118, Margin = 16;
    private const double BarHeight = 2.4, BarSpace = 0.6, LaneSpace = 5, RowSpace = 16, LeastLane = 11, LineHeight = 13;
    private const double LongestMs = 10_000;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly (double Ms, string Label)[] Ticks = [(0, "0"), (100, "0.1"), (500, "0.5"), (1000, "1"), (2000, "2"), (5000, "5"), (10_000, "10 s")];

    // Ink, surface and one hue for each daemon, for light and for dark pages.
    private const string Style = """
        text { font: 11px system-ui, sans-serif; fill: #24292f; } .head { font-size: 13px; font-weight: 600; } .small { fill: #57606a; } .bad { fill: #b3261e; font-weight: 600; }
        .page { fill: #ffffff; } .grid { stroke: #d8dee4; } .median { stroke: #24292f; stroke-width: 2; } .never { opacity: 0.35; }
        .akka-failover { fill: #2a78d6; } .ucarp { fill: #d9602b; } .keepalived { fill: #1a9c6c; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; } .small { fill: #9198a1; } .bad { fill: #ff8f87; }
          .page { fill: #0d1117; } .grid { stroke: #30363d; } .median { stroke: #e6edf3; }
          .akka-failover { fill: #539bf5; } .ucarp { fill: #ef8354; } .keepalived { fill: #3fbf8c; }
        }
        """;

    /// <summary>The drawing, as the text of an SVG file.</summary>
    public static string Draw(BenchReport report)
    {
        var timings = report.Timings;
        var width = Margin + TitleWidth + (timings.Count * (PlotWidth + FigureWidth + Gap)) + Margin;
        List<XElement> rows = [];
        var y = Top;
        foreach (var fault in report.Faults)
        {
            rows.AddRange(Row(report, fault, y, out var height));
            y += height;
        }
        var drawing = new XElement(Svg + "svg", new XAttribute("viewBox", $"0 0 {Number(width)} {Number(y + Margin)}"), new XAttribute("width", Number(width)), new XAttribute("height", Number(y + Margin)),
            new XElement(Svg + "title", "Outage of the client by fault, time between adverts and daemon"),
            new XElement(Svg + "style", Style),
            Rectangle(0, 0, width, y + Margin, "page"),
            Header(report),
            timings.Select((timing, panel) => Grid(timing, Left(panel), y)),
            rows);
        return drawing + "\n";
    }

    private static double Left(int panel) => Margin + TitleWidth + (panel * (PlotWidth + FigureWidth + Gap));

    private static double Length(double ms) => PlotWidth * Math.Sqrt(Math.Min(ms, LongestMs) / LongestMs);

    private static IEnumerable<XElement> Header(BenchReport report)
    {
        yield return Text(Margin, 24, "From the fault to the first answer: a bar for each run, the median marked (scale by the square root)", "head");
        yield return Text(Margin, 42, $"commit {report.Commit}, {report.Date:yyyy-MM-dd}, {report.Machine}", "small");
        var x = Margin;
        foreach (var daemon in Contender.Daemons.Where(daemon => report.Runs.Any(run => run.Daemon == daemon)))
        {
            yield return Rectangle(x, 53, 10, 10, daemon);
            yield return Text(x + 15, 62, daemon);
            x += 110;
        }
    }

    private static IEnumerable<XElement> Grid(Timing timing, double left, double bottom)
    {
        yield return Text(left, Top - 22, $"adverts every {timing.Key}", "head");
        foreach (var (ms, label) in Ticks)
        {
            var x = left + Length(ms);
            yield return new XElement(Svg + "line", new XAttribute("x1", Number(x)), new XAttribute("y1", Number(Top - 4)), new XAttribute("x2", Number(x)), new XAttribute("y2", Number(bottom)), new XAttribute("class", "grid"));
            yield return Text(x, Top - 8, label, "small", "middle");
        }
    }

    private static List<XElement> Row(BenchReport report, Fault fault, double top, out double height)
    {
        List<XElement> row = [.. Lines(fault.Title.Replace("`", "", StringComparison.Ordinal)).Select((line, number) => Text(Margin, top + 10 + (number * LineHeight), line))];
        height = row.Count * LineHeight;
        foreach (var (timing, panel) in report.Timings.Select((timing, panel) => (timing, panel)))
        {
            var y = top;
            foreach (var runs in Contender.Daemons.Select(daemon => report.RunsOf(fault, timing, daemon)).Where(runs => runs.Count > 0))
            {
                row.AddRange(Lane(fault, runs, Left(panel), y, out var lane));
                y += lane + LaneSpace;
            }
            height = Math.Max(height, y - top - LaneSpace);
        }
        height += RowSpace;
        return row;
    }

    private static List<XElement> Lane(Fault fault, IReadOnlyList<Measurement> runs, double left, double top, out double height)
    {
        var values = runs.Select(run => Series.Value(run, fault.Outcome)).Order().ToList();
        var bars = values.Count * (BarHeight + BarSpace);
        height = Math.Max(bars, LeastLane);
        var first = top + ((height - bars) / 2);
        var series = new Series(runs);
        var wrong = runs.Any(run => !run.EndsAs(fault.Outcome)) || series.HeldByBothMs > 0;
        var median = left + Length(series.Median(fault.Outcome) ?? LongestMs);
        return
        [
            .. values.Select((value, number) => Rectangle(left, first + (number * (BarHeight + BarSpace)), Math.Max(Length(value), 1), BarHeight,
                double.IsFinite(value) ? runs[0].Daemon : $"{runs[0].Daemon} never")),
            new XElement(Svg + "line", new XAttribute("x1", Number(median)), new XAttribute("y1", Number(top - 1)), new XAttribute("x2", Number(median)), new XAttribute("y2", Number(top + height + 1)), new XAttribute("class", "median")),
            Text(left + PlotWidth + 8, top + (height / 2) + 4, Figures.MedianAndWorst(series, fault.Outcome)),
            .. wrong ? [Text(left + PlotWidth + 112, top + (height / 2) + 4, Wrong(fault, series), "bad")] : Array.Empty<XElement>(),
        ];
    }

    private static string Wrong(Fault fault, Series series) => fault.Outcome == Outcome.Stays && series.Runs.Sum(run => run.Takeovers) is > 0 and var moved ? $"moved {moved} ×"
        : series.HeldByBothMs > 0 ? "on both"
        : "wrong end";

    // A title of more than some words takes two lines or three.
    private static List<string> Lines(string title)
    {
        const int Longest = 24;
        List<string> lines = [""];
        foreach (var word in title.Split(' '))
        {
            if (lines[^1].Length + word.Length > Longest) lines.Add("");
            lines[^1] = (lines[^1] + " " + word).TrimStart();
        }
        return lines;
    }

    private static XElement Rectangle(double x, double y, double width, double height, string kind) => new(Svg + "rect", new XAttribute("x", Number(x)), new XAttribute("y", Number(y)),
        new XAttribute("width", Number(width)), new XAttribute("height", Number(height)), new XAttribute("class", kind));

    private static XElement Text(double x, double y, string text, string? kind = null, string? anchor = null) => new(Svg + "text", new XAttribute("x", Number(x)), new XAttribute("y", Number(y)),
        kind is null ? null : new XAttribute("class", kind), anchor is null ? null : new XAttribute("text-anchor", anchor), text);

    private static string Number(double value) => $"{value:0.##}";
}
