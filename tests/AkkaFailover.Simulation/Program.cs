using System.CommandLine;
using System.Globalization;
using AkkaFailover.Simulation;

// The test runner loads this assembly and does not call this; scripts/sim.sh does.
var seeds = new Option<int?>("--seeds") { Description = "how many schedules (default: 100,000, or 1 with --seed)" };
var seed = new Option<int?>("--seed") { Description = "the first of them; alone: this one, with its story" };
var unlike = new Option<bool>("--unlike") { Description = "the nodes' heartbeat timings differ, or are as fast as can be" };
seeds.Validators.Add(given =>
{
    if (given.GetValueOrDefault<int?>() is < 1) given.AddError("--seeds: 1 or more");
});
var root = new RootCommand("Simulate the pair in virtual time, each seed another story of faults; the exit code is 1 where an invariant was broken.") { seeds, seed, unlike };
root.SetAction((parsed, stop) => Task.FromResult(parsed.GetValue(seed) is { } one && parsed.GetValue(seeds) is null or 1
    ? Tell(one, parsed.GetValue(unlike))
    : RunMany(parsed.GetValue(seed) ?? 1, parsed.GetValue(seeds) ?? 100_000, parsed.GetValue(unlike), stop)));
return await root.Parse(args).InvokeAsync();

static int Tell(int seed, bool unlike)
{
    try
    {
        Console.WriteLine(string.Join('\n', Schedule.Run(seed, unlike, tells: true).Story));
        return 0;
    }
    catch (InvariantException e)
    {
        Console.WriteLine(e.Message);
        return 1;
    }
}

static int RunMany(int first, int count, bool unlike, CancellationToken stop)
{
    var search = new Search(first, count, unlike);
    using (new Timer(_ => Console.Error.WriteLine(Words(search, count)), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5))) search.Run(stop);
    Console.WriteLine(Words(search, count));
    if (search.Violations is not [var violated, ..]) return stop.IsCancellationRequested ? 130 : 0;
    Console.WriteLine($"scripts/sim.sh {(unlike ? "--unlike " : "")}--seed {violated} tells this again:\n");
    return Tell(violated, unlike);
}

static string Words(Search search, int count) => string.Create(CultureInfo.InvariantCulture,
    $"{search.Schedules:N0} of {count:N0} schedules ({search.VirtualTime.TotalHours:N0} virtual hours, {search.Events:N0} events, at least {search.FewestEvents:N0} each) in {search.Elapsed.TotalSeconds:0} s: "
    + $"{search.Schedules / Environment.CpuUsage.TotalTime.TotalSeconds:N0} a second of processor time, start and compilation included; {search.Violations.Count} violations{(search.Violations.Count > 0 ? $": {string.Join(", ", search.Violations)}" : "")}");
