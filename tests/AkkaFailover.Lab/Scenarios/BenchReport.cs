using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>A run that could not be measured.</summary>
/// <param name="Daemon">akka-failover, ucarp or keepalived.</param>
/// <param name="Timing">The key of the heartbeat's timing.</param>
/// <param name="Fault">The fault's key, or that of the cost.</param>
/// <param name="Reason">In one line.</param>
public sealed record FailedRun(string Daemon, string Timing, string Fault, string Reason);

/// <summary>All results of one benchmark: what tables, plot and judgement are made of.</summary>
/// <param name="Commit">Of the published programs; "-modified" behind it where their sources were not committed.</param>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Date">The day it ended on, UTC.</param>
/// <param name="LossSeconds">How long frames were lost in the fault of that name.</param>
/// <param name="Costs">What the pairs take at rest.</param>
/// <param name="Runs">Every measured run.</param>
/// <param name="Failed">The runs that could not be measured.</param>
public sealed record BenchReport(
    string Commit,
    string Machine,
    DateOnly Date,
    double LossSeconds,
    IReadOnlyList<NodeCost> Costs,
    IReadOnlyList<Measurement> Runs,
    IReadOnlyList<FailedRun> Failed)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The timings that something was measured or tried at, the slowest first.</summary>
    [JsonIgnore]
    public IReadOnlyList<Timing> Timings
    {
        get
        {
            var keys = Runs.Select(run => run.Timing).Concat(Costs.Select(cost => cost.Timing)).Concat(Failed.Select(run => run.Timing)).ToHashSet();
            return [.. Timing.All.Where(timing => keys.Contains(timing.Key))];
        }
    }

    /// <summary>The faults that were measured or tried, in the order of the table.</summary>
    [JsonIgnore]
    public IReadOnlyList<Fault> Faults => [.. Fault.All.Where(fault => Runs.Any(run => run.Fault == fault.Key) || Failed.Any(run => run.Fault == fault.Key))];

    /// <summary>The runs of a cell of the table.</summary>
    public IReadOnlyList<Measurement> RunsOf(Fault fault, Timing timing, string daemon) =>
        [.. Runs.Where(run => run.Fault == fault.Key && run.Timing == timing.Key && run.Daemon == daemon)];

    /// <summary>How many runs of a cell could not be measured.</summary>
    public int FailedOf(string fault, Timing timing, string daemon) => Failed.Count(run => run.Fault == fault && run.Timing == timing.Key && run.Daemon == daemon);

    /// <summary>What a pair takes at rest; null where it was not measured.</summary>
    public NodeCost? CostOf(Timing timing, string daemon) => Costs.FirstOrDefault(cost => cost.Timing == timing.Key && cost.Daemon == daemon);

    /// <summary>Reads what <see cref="Save"/> wrote, of one benchmark or of several that measured the same programs on the same machine.</summary>
    /// <exception cref="LabException">There is no such file, something else in it, or they measured unlike things.</exception>
    public static BenchReport Load(params IReadOnlyList<string> files)
    {
        var reports = files.Select(LoadOne).ToList();
        if (reports.Select(report => (report.Commit, report.Machine, report.LossSeconds)).Distinct().Count() > 1)
            throw new LabException($"not of one commit, machine and time of loss: {string.Join(", ", files)}");
        return reports[^1] with { Costs = [.. reports.SelectMany(report => report.Costs)], Runs = [.. reports.SelectMany(report => report.Runs)], Failed = [.. reports.SelectMany(report => report.Failed)] };
    }

    private static BenchReport LoadOne(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<BenchReport>(File.ReadAllText(file), Json) ?? throw new LabException($"{file} is empty");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new LabException($"{file} cannot be read: {e.Message}");
        }
    }

    /// <summary>Writes all of it to a file.</summary>
    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Json));
}
