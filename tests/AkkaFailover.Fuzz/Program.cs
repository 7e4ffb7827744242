using System.CommandLine;
using System.Globalization;
using AkkaFailover.Fuzz;

// The test runner loads this assembly and does not call this; scripts/fuzz.sh does.
var inputs = new Option<long?>("--inputs") { Description = "how many for each target (default: 10,000,000, or 1 with --seed)" };
var only = new Option<string?>("--target") { Description = $"one of {string.Join(", ", Targets.All.Select(target => target.Name))} (default: each)" };
var seed = new Option<long?>("--seed") { Description = "that of the first input" };
only.Validators.Add(given =>
{
    if (given.GetValueOrDefault<string?>() is { } name && Targets.All.All(target => target.Name != name)) given.AddError($"--target: there is no {name}");
});
var root = new RootCommand("Give decoders damaged inputs; the exit code is 1 where one threw, hung, leaked or allocated without measure.") { inputs, only, seed };
root.SetAction((parsed, stop) => Task.FromResult(RunAll(
    parsed.GetValue(only) is { } name ? [Targets.Named(name)] : Targets.All,
    parsed.GetValue(seed) ?? 1,
    parsed.GetValue(inputs) ?? (parsed.GetValue(seed) is null ? 10_000_000 : 1),
    stop)));
return await root.Parse(args).InvokeAsync();

static int RunAll(IReadOnlyList<FuzzTarget> targets, long first, long count, CancellationToken stop)
{
    var failed = false;
    foreach (var target in targets)
    {
        var run = new FuzzRun(target, first, count);
        FuzzFailure? failure;
        using (new Timer(_ => Console.Error.WriteLine(Words(target, run, count)), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5))) failure = run.Run(stop);
        Console.WriteLine(Words(target, run, count));
        if (stop.IsCancellationRequested) return 130;
        if (failure is null) continue;
        failed = true;
        Console.WriteLine($"{target.Name} fails for {Convert.ToHexString(failure.Input)}\n{failure.Why}\nscripts/fuzz.sh --target {target.Name} --seed {failure.Seed} tries it again");
    }
    return failed ? 1 : 0;
}

static string Words(FuzzTarget target, FuzzRun run, long count) => string.Create(CultureInfo.InvariantCulture,
    $"{target.Name}: {run.Inputs:N0} of {count:N0} inputs in {run.Elapsed.TotalSeconds:0} s, {run.Inputs / Math.Max(run.Elapsed.TotalSeconds, 0.001):N0} a second, {run.Kept:N0} bytes left");
