using System.CommandLine;
using AkkaFailover.Lab;
using AkkaFailover.Lab.Commands;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Scenarios;

var lab = new Option<string>("--lab") { Description = "name of the lab", DefaultValueFactory = _ => "lab", Recursive = true };
var root = new RootCommand("The network lab: two nodes, clients, a router and a switch as network namespaces of this machine.") { lab };
var host = new Argument<string>("host") { Description = "a, b (nodes), c (client), w (watcher), r (router), o (client behind the router)" };

Add("up", "build the lab; it stays until 'down'", command => command.SetAction(parsed => LabCommands.Up(parsed.GetValue(lab)!)));
Add("status", "hosts, addresses and who holds the virtual one", command => command.SetAction(parsed => LabCommands.Status(parsed.GetValue(lab)!)));
Add("restore", "mend every fault of the wires", command => command.SetAction(parsed => LabCommands.Restore(parsed.GetValue(lab)!)));

Add("down", "end everything in the lab and remove it", command =>
{
    var abandoned = new Option<bool>("--abandoned") { Description = "instead: all labs whose owner died without cleaning up" };
    command.Add(abandoned);
    command.SetAction(parsed => parsed.GetValue(abandoned) ? LabCommands.RemoveAbandoned() : LabCommands.Down(parsed.GetValue(lab)!));
});

Add("exec", "run a command in a host: exec a ip address", command =>
{
    var arguments = new Argument<string[]>("command") { Arity = ArgumentArity.OneOrMore };
    command.Add(host);
    command.Add(arguments);
    command.TreatUnmatchedTokensAsErrors = false;
    command.SetAction(parsed => LabCommands.Exec(parsed.GetValue(lab)!, parsed.GetValue(host)!, [.. parsed.GetValue(arguments)!, .. parsed.UnmatchedTokens]));
});

Add("break", "cause a fault on a host's wires", command =>
{
    var fault = new Argument<WireFault>("fault");
    var percent = new Option<int>("--percent") { Description = "for loss", DefaultValueFactory = _ => 20 };
    command.Add(host);
    command.Add(fault);
    command.Add(percent);
    command.SetAction(parsed => LabCommands.Break(parsed.GetValue(lab)!, parsed.GetValue(host)!, parsed.GetValue(fault), parsed.GetValue(percent)));
});

var seconds = new Option<double>("--seconds") { Description = "how long to watch", DefaultValueFactory = _ => 3600 };
Add("probe", "ask for the virtual address every 5 ms; report who answered and the outage", command =>
{
    command.Add(seconds);
    command.SetAction((parsed, stop) => LabCommands.Probe(parsed.GetValue(lab)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), stop));
});
Add("audit", "record who holds the address; exit code 1 where both did at one time", command =>
{
    command.Add(seconds);
    command.SetAction((parsed, stop) => LabCommands.Audit(parsed.GetValue(lab)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), stop));
});

Add("demo", "a failover to watch", command =>
{
    var keep = new Option<bool>("--keep") { Description = "leave everything running, and say what to type" };
    command.Add(keep);
    command.SetAction((parsed, stop) => new DemoCommand(parsed.GetValue(keep)).Run(stop));
});

Add("failover", "measure every fault with AkkaFailover, ucarp and keepalived, in labs of their own", command =>
{
    var runs = new Option<int>("--runs") { Description = "of each fault; 0 to leave AkkaFailover out", DefaultValueFactory = _ => 20 };
    var peerRuns = new Option<int>("--peer-runs") { Description = "of each fault with the peers", DefaultValueFactory = _ => 5 };
    var alone = new Option<bool>("--without-peers") { Description = "measure ours alone" };
    var faults = new Option<string[]>("--fault") { Description = "only these faults, by key, in this order; cost: what the pair takes at rest", AllowMultipleArgumentsPerToken = true };
    var intervals = new Option<string[]>("--interval") { Description = "only these times between adverts: 1s, 200ms, 10ms", AllowMultipleArgumentsPerToken = true };
    var labs = new Option<int>("--labs") { Description = "at one time, where that does not disturb", DefaultValueFactory = _ => 4 };
    var loss = new Option<double>("--loss-seconds") { Description = "how long frames are lost in the fault 'loss'", DefaultValueFactory = _ => 120 };
    var json = new Option<string>("--json") { Description = "write every run to this file" };
    var from = new Option<string[]>("--from") { Description = "measure nothing: take the runs from files that --json wrote", AllowMultipleArgumentsPerToken = true };
    var svg = new Option<string>("--svg") { Description = "draw the outages to this file" };
    var markdown = new Option<string>("--markdown") { Description = "replace the table in this document" };
    labs.Validators.Add(given =>
    {
        if (given.GetValueOrDefault<int>() < 1) given.AddError("--labs: at least 1");
    });
    foreach (var option in (Option[])[runs, peerRuns, alone, faults, intervals, labs, loss, json, from, svg, markdown]) command.Add(option);
    command.SetAction((parsed, stop) =>
    {
        var plan = new FailoverPlan(parsed.GetValue(runs), parsed.GetValue(alone) ? 0 : parsed.GetValue(peerRuns), parsed.GetValue(faults) ?? [], parsed.GetValue(intervals) ?? [],
            parsed.GetValue(labs), parsed.GetValue(loss));
        return new FailoverCommand(plan, parsed.GetValue(from) ?? [], parsed.GetValue(json), parsed.GetValue(svg), parsed.GetValue(markdown)).Run(stop);
    });
});

Add("vpn", "measure what the clients of a VPN gateway see of each fault, beside ucarp and keepalived", command =>
{
    var runs = new Option<int>("--runs") { Description = "of each fault; 0 to leave AkkaFailover out", DefaultValueFactory = _ => 5 };
    var peerRuns = new Option<int>("--peer-runs") { Description = "of each fault with the peers", DefaultValueFactory = _ => 2 };
    var alone = new Option<bool>("--without-peers") { Description = "measure ours alone" };
    var faults = new Option<string[]>("--fault") { Description = "only these faults, by key, in this order", AllowMultipleArgumentsPerToken = true };
    var variants = new Option<string[]>("--variant") { Description = "only these ways to the server, by key", AllowMultipleArgumentsPerToken = true };
    var json = new Option<string>("--json") { Description = "write every run to this file" };
    foreach (var option in (Option[])[runs, peerRuns, alone, faults, variants, json]) command.Add(option);
    command.SetAction((parsed, stop) => new VpnCommand(parsed.GetValue(runs), parsed.GetValue(alone) ? 0 : parsed.GetValue(peerRuns),
        parsed.GetValue(faults) ?? [], parsed.GetValue(variants) ?? [], parsed.GetValue(json)).Run(stop));
});

Add("replica", "measure the replica: throughput beside etcd, claims, starts and memory by the number of entries, files beside rsync and lsyncd", command =>
{
    var runs = new Option<int>("--runs") { Description = "of each number of clients; 0 to leave throughput out", DefaultValueFactory = _ => 3 };
    var duration = new Option<double>("--seconds") { Description = "of each measurement", DefaultValueFactory = _ => 5 };
    var clients = new Option<int[]>("--clients") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 16, 256] };
    var entries = new Option<int[]>("--entries")
    {
        Description = "in the replica, for claim, start and memory; 0 to leave them out",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [1_000, 100_000, 1_000_000],
    };
    var files = new Option<int>("--files") { Description = "changes of files for the latency of watched paths, and a tree of 10,000; 0 to leave them out", DefaultValueFactory = _ => 50 };
    var alone = new Option<bool>("--without-peers") { Description = "measure ours alone" };
    var json = new Option<string>("--json") { Description = "write every run to this file" };
    var rows = new Option<int>("--rows") { Description = "changes of one row of an SQLite database of 100 MB; 0 to leave them out", DefaultValueFactory = _ => 10 };
    foreach (var option in (Option[])[runs, duration, clients, entries, files, rows, alone, json]) command.Add(option);
    command.SetAction((parsed, stop) => new ReplicaCommand(parsed.GetValue(runs), TimeSpan.FromSeconds(parsed.GetValue(duration)), parsed.GetValue(clients)!,
        [.. parsed.GetValue(entries)!.Where(count => count > 0)], parsed.GetValue(files), parsed.GetValue(rows), !parsed.GetValue(alone), parsed.GetValue(json)).Run(stop));
});

Add("rounds", "kill daemons and cut the link under clients that write; nothing acknowledged may be lost", command =>
{
    var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 30 };
    var seed = new Option<int>("--seed") { Description = "chooses the faults and their moments", DefaultValueFactory = _ => Environment.TickCount };
    foreach (var option in (Option[])[rounds, seed]) command.Add(option);
    command.SetAction((parsed, stop) => new RoundsCommand(parsed.GetValue(rounds), parsed.GetValue(seed)).Run(stop));
});

Add("chaos", "random faults of every kind under clients that write, with an auditor beside them", command =>
{
    var faults = new Option<int?>("--faults") { Description = "how many; 30 where neither is said" };
    var minutes = new Option<double?>("--minutes") { Description = "how long" };
    var seed = new Option<int>("--seed") { Description = "chooses the faults and their moments", DefaultValueFactory = _ => Environment.TickCount };
    var keys = new Option<string[]>("--fault") { Description = "only these faults, by key", AllowMultipleArgumentsPerToken = true };
    var json = new Option<string>("--json") { Description = "write every fault to this file" };
    foreach (var option in (Option[])[faults, minutes, seed, keys, json]) command.Add(option);
    command.SetAction((parsed, stop) => new ChaosCommand(parsed.GetValue(faults), parsed.GetValue(minutes) is { } time ? TimeSpan.FromMinutes(time) : null,
        parsed.GetValue(seed), parsed.GetValue(keys) ?? [], parsed.GetValue(json)).Run(stop));
});

Add("soak", "let a pair do nothing for a long time, then kill the active's host", command =>
{
    var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 60 };
    var interval = new Option<string>("--interval") { Description = "between two adverts", DefaultValueFactory = _ => Timing.Default.Key };
    Timing[] timings = [Timing.OneSecond, Timing.Default, Timing.Tenth, Timing.Fast];
    interval.AcceptOnlyFromAmong([.. timings.Select(timing => timing.Key)]);
    var busy = new Option<int>("--busy") { Description = "processes that take all the processor time they get" };
    var heap = new Option<int>("--heap") { Description = "megabytes of entries in the replica" };
    var loss = new Option<int>("--loss") { Description = "percent of the frames that each node sends on the LAN" };
    var multicastLost = new Option<bool>("--multicast-lost") { Description = "the active's heartbeats do not arrive, all else does" };
    var deaths = new Option<int>("--deaths") { Description = "of the active's host at the end", DefaultValueFactory = _ => 1 };
    var ordinary = new Option<bool>("--ordinary") { Description = "the daemons may not give themselves priority" };
    var keepalived = new Option<bool>("--keepalived") { Description = "with keepalived instead of AkkaFailover" };
    foreach (var option in (Option[])[minutes, interval, busy, heap, loss, multicastLost, deaths, ordinary, keepalived]) command.Add(option);
    command.SetAction((parsed, stop) =>
    {
        var timing = timings.Single(timing => timing.Key == parsed.GetValue(interval));
        var peer = parsed.GetValue(keepalived);
        string[] wrapper = parsed.GetValue(ordinary) ? ["setpriv", "--bounding-set=-sys_nice"] : [];
        return new SoakCommand(peer ? Contender.Keepalived(timing) : Contender.Ours(timing, wrapper), TimeSpan.FromMinutes(parsed.GetValue(minutes)),
            new Hardship(parsed.GetValue(busy), peer ? 0 : parsed.GetValue(heap), parsed.GetValue(loss), parsed.GetValue(multicastLost)), parsed.GetValue(deaths)).Run(stop);
    });
});

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
}
catch (OperationCanceledException)
{
    return 130;
}
catch (LabException e)
{
    Console.Error.WriteLine($"failover-lab: {e.Message}");
    return 1;
}

void Add(string name, string description, Action<Command> configure)
{
    var command = new Command(name, description);
    configure(command);
    root.Add(command);
}
