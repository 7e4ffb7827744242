using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>What a restart finds of the history.</summary>
public sealed class HistoryFileTests : IDisposable
{
    // As the versions before reports wrote it.
    private const string OldLine =
        """{"At":"2026-03-29T08:15:02.125+00:00","Kind":"role","Text":"claiming -\u003E active (term 7)","From":3,"To":4,"Term":7,"Cause":"b was silent","Heartbeat":3,"Cluster":3,"Lan":0}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("history-").FullName;

    private HistoryFile File => new(Path.Combine(_folder, "vpn.history"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_report_outlives_a_restart()
    {
        var report = new PhaseReport(ReportKind.Release, new Term(6), "why", [new Phase("service", 95.3, "stopped"), new Phase("addresses", 3, "")], "evidence");
        File.Append(new GroupEvent(DateTimeOffset.UnixEpoch, report.Word, report.Text, null, report));
        File.Append(new GroupEvent(DateTimeOffset.UnixEpoch, "note", "nothing", null));
        var read = File.ReadLast(10);
        Assert.Equal([report.Text, "nothing"], read.Select(happened => happened.Text));
        var again = read[0].Phases!;
        Assert.Equal(report.Phases, again.Phases);
        Assert.Equal(report, again with { Phases = report.Phases });
        Assert.Null(read[1].Phases);
    }

    [Fact]
    public void Lines_of_earlier_versions_are_read_and_those_cut_short_are_left_out()
    {
        System.IO.File.WriteAllLines(File.Path, [OldLine, OldLine[..60], """{"At":"2026-03-29T08:15:02+00:00","Kind":"failover","Text":"t","Term":0,"Heartbeat":0,"Cluster":0,"Lan":0,"Report":{"Kind":0,"Term":7}}"""]);
        var read = File.ReadLast(10);
        Assert.Equal(2, read.Count);
        Assert.Equal((Role.Claiming, Role.Active, new Term(7)), (read[0].Change!.From, read[0].Change!.To, read[0].Change!.Term));
        Assert.Null(read[0].Phases);
        Assert.Equal((new Term(7), 0, true), (read[1].Phases!.Term, read[1].Phases!.Phases.Count, read[1].Phases!.Ok));
    }
}
