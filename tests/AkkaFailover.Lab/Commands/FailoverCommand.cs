using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures every fault with AkkaFailover, ucarp and keepalived, and writes what came of it.</summary>
/// <param name="Plan">What is measured.</param>
/// <param name="From">Files that <c>--json</c> wrote, to be read instead of measuring; empty for none.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
/// <param name="SvgFile">Where the plot is written; null for nowhere.</param>
/// <param name="MarkdownFile">The document whose table is replaced; null for none.</param>
internal sealed record FailoverCommand(FailoverPlan Plan, IReadOnlyList<string> From, string? JsonFile, string? SvgFile, string? MarkdownFile)
{
    // What stands between these two lines of a document is ours to write.
    private const string Begin = "<!-- written by bench.sh failover --markdown: begin -->", End = "<!-- end -->";

    public async Task<int> Run(CancellationToken stop)
    {
        var report = From.Count > 0 ? BenchReport.Load(From) : await Plan.Measure(Keep, stop);
        Console.WriteLine();
        Console.Write(FaultTable.Format(report));
        foreach (var failed in report.Failed) Console.WriteLine($"Not measured: {failed.Daemon}, {failed.Timing}, {failed.Fault}: {failed.Reason}");
        Keep(report);
        if (SvgFile is not null) File.WriteAllText(SvgFile, FaultPlot.Draw(report));
        if (MarkdownFile is not null) File.WriteAllText(MarkdownFile, Replace(File.ReadAllText(MarkdownFile), FaultTable.Format(report) + Picture(MarkdownFile, SvgFile)));
        return report.Timings.SelectMany(timing => report.Faults.Select(fault => Judgement.Of(report, fault, timing))).All(judgement => judgement is not { Kept: false }) ? 0 : 1;
    }

    /// <summary>A document with another text between the two marks.</summary>
    /// <exception cref="LabException">It does not have them.</exception>
    internal static string Replace(string document, string text)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : document.IndexOf(End, begin, StringComparison.Ordinal);
        return end < 0 ? throw new LabException($"no place for the table: the document needs the lines {Begin} and {End}")
            : $"{document[..(begin + Begin.Length)]}\n{text.Trim()}\n{document[end..]}";
    }

    private static string Picture(string document, string? svg) =>
        svg is null ? "" : $"\n![from each fault to the first answer]({Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(document))!, svg)})\n";

    private void Keep(BenchReport report)
    {
        if (JsonFile is not null) report.Save(JsonFile);
    }
}

/// <summary>What is measured.</summary>
/// <param name="Runs">Of each fault with AkkaFailover; 0 to leave it out.</param>
/// <param name="PeerRuns">Of each fault with ucarp and keepalived; 0 to leave them out.</param>
/// <param name="Faults">Keys of the faults, or of the cost; empty for all.</param>
/// <param name="Intervals">Keys of the times between adverts; empty for all.</param>
/// <param name="Labs">At one time, where that does not disturb.</param>
/// <param name="LossSeconds">How long frames are lost.</param>
internal sealed record FailoverPlan(int Runs, int PeerRuns, IReadOnlyList<string> Faults, IReadOnlyList<string> Intervals, int Labs, double LossSeconds)
{
    public Task<BenchReport> Measure(Action<BenchReport> keep, CancellationToken stop) => new BenchRun([.. Jobs()], Labs, LossSeconds, keep).Run(stop);

    // Fault by fault and not daemon by daemon: a slow hour of the machine is then everybody's.
    private IEnumerable<BenchJob> Jobs()
    {
        var timings = Choice.Of(Timing.All, Intervals, timing => timing.Key).ToList();
        var contenders = Contender.All.Where(contender => timings.Contains(contender.Timing) && RunsOf(contender) > 0).ToList();
        List<Fault> known = [.. Fault.All.Select(fault => fault == Fault.Loss ? Fault.LossFor(TimeSpan.FromSeconds(LossSeconds)) : fault)];
        foreach (var key in Choice.Of([NodeCost.Key, .. known.Select(fault => fault.Key)], Faults, key => key))
        {
            var fault = known.Find(fault => fault.Key == key);
            foreach (var contender in contenders.Where(contender => fault is null || contender.Faults.Any(each => each.Key == key)))
                yield return new BenchJob(contender, fault, fault is null ? 1 : RunsOf(contender));
        }
    }

    private int RunsOf(Contender contender) => contender.IsOurs ? Runs : PeerRuns;
}
