using AkkaFailover.Daemon.Tests.Control;
using AkkaFailover.Lab.Commands;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Tests;

/// <summary>What is made of measured runs: tables, plot, judgement, file.</summary>
public sealed class BenchReportTests
{
    // Each cell of the table that looks different from the others.
    private static readonly BenchReport Report = new("0123abc", "a machine with 2 cores", new DateOnly(2026, 11, 29), 120,
    [
        new NodeCost("akka-failover", "1s", 0.052, 163.4), new NodeCost("ucarp", "1s", 0.0004, 4.6), new NodeCost("keepalived", "1s", 0.001, 13),
        new NodeCost("akka-failover", "10ms", 0.31, 170), new NodeCost("keepalived", "10ms", 0.04, 13),
    ],
    [
        .. Series(Fault.HostDeath, Timing.OneSecond, "akka-failover", 2770, 2610, 3070), .. Series(Fault.HostDeath, Timing.OneSecond, "ucarp", 3520, 3410),
        .. Series(Fault.HostDeath, Timing.OneSecond, "keepalived", 3560, 3570),
        .. Series(Fault.HostDeath, Timing.Fast, "akka-failover", 62, 55), .. Series(Fault.HostDeath, Timing.Fast, "keepalived", 42),
        .. Series(Fault.KillDaemon, Timing.OneSecond, "akka-failover", 46), .. Series(Fault.KillDaemon, Timing.OneSecond, "ucarp", 3520).Select(run => run with { HeldByBothMs = 4480, HeldByBothAtEnd = true, Holder = "both" }),
        .. Series(Fault.Terminate, Timing.OneSecond, "akka-failover", 33, 55, 21), .. Series(Fault.Terminate, Timing.OneSecond, "keepalived", 24, 26),
        .. Series(Fault.Handover, Timing.OneSecond, "akka-failover", 15),
        .. Series(Fault.Freeze, Timing.OneSecond, "akka-failover", 2070), .. Series(Fault.Freeze, Timing.OneSecond, "ucarp", 3559).Select(run => run with { HeldByBothMs = 4990, Holder = "old" }),
        .. Series(Fault.CableCut, Timing.OneSecond, "akka-failover", 10_000).Select(run => run with { MovedMs = null, ClaimedMs = null, Holder = "old", Takeovers = 0 }),
        .. Series(Fault.Loss, Timing.OneSecond, "akka-failover", 45), .. Series(Fault.Loss, Timing.OneSecond, "keepalived", 50, 45).Select(run => run with { Holder = "old", MovedMs = 9000, Takeovers = 4 }),
    ],
    [new FailedRun("akka-failover", "10ms", "loss", "the pair does not come to rest")]);

    [Fact]
    public void The_table_shows_every_kind_of_cell() => Golden.Check("golden/failover-table.md", FaultTable.Format(Report));

    [Fact]
    public void The_plot_has_a_bar_for_each_run() => Golden.Check("golden/failover.svg", FaultPlot.Draw(Report));

    [Fact]
    public void A_row_is_kept_where_ours_is_as_fast_as_the_better_peer_and_alone()
    {
        Assert.Equal("KEPT", Judge(Fault.HostDeath, Timing.OneSecond));
        Assert.Equal("KEPT", Judge(Fault.Handover, Timing.OneSecond));
        Assert.Equal("KEPT: keepalived needs 42 ms, no promise here", Judge(Fault.HostDeath, Timing.Fast));
        Assert.Equal("SHORT: 1 not measured", Judge(Fault.Loss, Timing.Fast));
        Assert.Equal("SHORT: 1 of 1 did not move once and for good", Judge(Fault.CableCut, Timing.OneSecond));
        Assert.Null(Judgement.Of(Report, Fault.HostDeath, Timing.Default));
    }

    [Theory]
    [InlineData(43, "KEPT")]
    [InlineData(46, "SHORT: keepalived needs 35 ms")]
    public void What_the_measurement_cannot_tell_apart_is_equal(double ours, string expected) => Assert.Equal(expected, Judge(
        Of([.. Series(Fault.Terminate, Timing.OneSecond, "akka-failover", ours), .. Series(Fault.Terminate, Timing.OneSecond, "keepalived", 35)]), Fault.Terminate));

    [Fact]
    public void One_run_that_took_longer_than_is_promised_is_short()
    {
        Assert.Equal("KEPT", Judge(Of(Series(Fault.HostDeath, Timing.OneSecond, "akka-failover", 3000, 3300)), Fault.HostDeath));
        Assert.Equal("SHORT: 3.30 s promised", Judge(Of(Series(Fault.HostDeath, Timing.OneSecond, "akka-failover", 3000, 3301)), Fault.HostDeath));
        // With the fastest heartbeats, and of a cut cable with an advert a second, nothing is.
        Assert.Null(Fault.HostDeath.PromiseAt(Timing.Fast));
        Assert.Null(Fault.CableCut.PromiseAt(Timing.OneSecond));
    }

    [Fact]
    public void A_moment_on_both_nodes_or_one_false_failover_is_short()
    {
        var runs = Series(Fault.HostDeath, Timing.OneSecond, "akka-failover", 3000, 3000);
        Assert.Equal("SHORT: both for 3 ms", Judge(Of([runs[0], runs[1] with { HeldByBothMs = 3 }]), Fault.HostDeath));
        Assert.Equal("SHORT: 1 of 2 did not move once and for good", Judge(Of([runs[0], runs[1] with { Takeovers = 3 }]), Fault.HostDeath));
        Assert.Equal(9_000, AkkaFailover.Lab.Scenarios.Series.Value(runs[0] with { OutageMs = 9_000 }, Outcome.Moves));
        var calm = Series(Fault.Loss, Timing.OneSecond, "akka-failover", 40, 40);
        Assert.Equal("KEPT", Judge(Of(calm), Fault.Loss));
        Assert.Equal("SHORT: 1 of 2 moved", Judge(Of([calm[0], calm[1] with { Takeovers = 1 }]), Fault.Loss));
    }

    [Fact]
    public void A_report_comes_back_from_its_file()
    {
        var file = Path.GetTempFileName();
        Report.Save(file);
        var read = BenchReport.Load(file);
        Assert.Equal(Report.Runs, read.Runs);
        Assert.Equal(Report.Costs, read.Costs);
        Assert.Equal(Report.Failed, read.Failed);
        Assert.Equal((Report.Commit, Report.Machine, Report.Date, Report.LossSeconds), (read.Commit, read.Machine, read.Date, read.LossSeconds));
        File.WriteAllText(file, "[1]");
        Assert.Throws<LabException>(() => BenchReport.Load(file));
        File.Delete(file);
    }

    [Fact]
    public void Reports_of_one_build_and_machine_are_one_report()
    {
        string[] files = [Path.GetTempFileName(), Path.GetTempFileName()];
        (Report with { Costs = [], Runs = [.. Report.Runs.Take(3)] }).Save(files[0]);
        (Report with { Failed = [], Runs = [.. Report.Runs.Skip(3)] }).Save(files[1]);
        Assert.Equal(FaultTable.Format(Report), FaultTable.Format(BenchReport.Load(files)));
        (Report with { Commit = "4567def" }).Save(files[1]);
        Assert.Contains("not of one commit", Assert.Throws<LabException>(() => BenchReport.Load(files)).Message, StringComparison.Ordinal);
        foreach (var file in files) File.Delete(file);
    }

    [Fact]
    public void The_table_takes_the_place_of_the_one_before()
    {
        const string Begin = "<!-- written by bench.sh failover --markdown: begin -->\n";
        var first = FailoverCommand.Replace($"before\n{Begin}old\n<!-- end -->\nafter\n", "new\n");
        Assert.Equal($"before\n{Begin}new\n<!-- end -->\nafter\n", first);
        Assert.Equal(first, FailoverCommand.Replace(first, "new\n"));
        Assert.Throws<LabException>(() => FailoverCommand.Replace("no marks", "new"));
        // The project's own document has the place.
        FailoverCommand.Replace(File.ReadAllText(Path.Combine(Artifacts.Repository, "README.md")), "new");
    }

    [Fact]
    public void What_remains_is_what_such_runs_took_so_far()
    {
        var ours = new BenchJob(Contender.Ours(Timing.OneSecond), Fault.HostDeath, 3);
        var alike = new BenchJob(Contender.Ours(Timing.Default), Fault.HostDeath, 2);
        var loss = new BenchJob(Contender.Ucarp, Fault.Loss, 2);
        var progress = new BenchProgress([ours, alike, loss], labs: 4);
        Assert.Equal((3 * ours.Expected) + (2 * alike.Expected) + (2 * loss.Expected), progress.Remaining);
        progress.Add(ours, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(20 + 20) + (2 * loss.Expected), progress.Remaining);
        progress.End(ours);
        Assert.Equal(TimeSpan.FromSeconds(20) + (2 * loss.Expected), progress.Remaining);
    }

    private static string? Judge(Fault fault, Timing timing) => Judgement.Of(Report, fault, timing)?.ToString();

    private static string? Judge(BenchReport report, Fault fault) => Judgement.Of(report, fault, Timing.OneSecond)?.ToString();

    private static BenchReport Of(IReadOnlyList<Measurement> runs) => Report with { Costs = [], Runs = runs, Failed = [] };

    // As the fault should end.
    private static List<Measurement> Series(Fault fault, Timing timing, string daemon, params double[] outages) => [.. outages.Select(outage => fault.Outcome == Outcome.Stays
        ? new Measurement(fault.Key, timing.Key, daemon, null, null, outage, outage, 0, 0, false, "old", 0, "")
        : new Measurement(fault.Key, timing.Key, daemon, outage - 5, outage, outage, outage, 0, 0, false, "new", 1, ""))];
}
