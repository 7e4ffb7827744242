using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Commands;

/// <summary>A failover to watch: a pair, a change, a death, a return, a handover; every outage measured.</summary>
/// <param name="keep">Leave everything running at the end.</param>
internal sealed class DemoCommand(bool keep)
{
    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(1.5);
    private readonly List<(string What, TimeSpan Lan, TimeSpan Outside, TimeSpan Promise)> _outages = [];
    private readonly List<string> _broken = [];
    private int _step;

    public async Task<int> Run(CancellationToken stop)
    {
        var lab = LabNetwork.Create();
        var stays = false;
        try
        {
            using var observer = new Observer(lab);
            await Show(lab, observer, stop);
            stays = keep;
            if (stays) lab.Keep();
        }
        finally
        {
            if (!stays) lab.Dispose();
        }
        Conclude(lab);
        return _broken.Count == 0 ? 0 : 1;
    }

    private async Task Show(LabNetwork lab, Observer observer, CancellationToken stop)
    {
        await Heading("Two nodes (a, b), a client (c), a router (r) with a client behind it (o), and a switch: network namespaces", stop);
        PairConfiguration.Write(lab, Timing.Default);
        var (a, b) = (new AkkaNode(lab.A), new AkkaNode(lab.B));
        var pair = new LabPair(lab, observer, a, b);
        Command($"akka-failover --config {a.ConfigurationFile}   # on a; the same on b");
        await pair.Settle();

        var (first, second) = ((AkkaNode)pair.Active, (AkkaNode)pair.Other(pair.Active));
        await Heading($"One is active and holds {LabTopology.VirtualAddress}, the other stands by", stop);
        Ctl(first, "status");
        Ctl(second, "status");

        await Heading("A change of configuration: acknowledged when both nodes have it on disk", stop);
        Ctl(first, "config", "set", "server/port", "1194");
        // On disk at once; that it is committed the standby learns a moment later.
        await LabClock.Expect(() => second.Ctl("config", "get", "server/port").ExitCode == 0, TimeSpan.FromSeconds(1), $"the change on {second.Host.Name}");
        Ctl(second, "config", "get", "server/port");
        var digest = first.Status!.Config.Digest;
        Check(second.Ask("config", "get", "server/port") == "1194", $"{second.Host.Name} has the change");

        await Heading($"The host of {first.Host.Name} dies: all its cables dead, everything on it gone", stop);
        await Outage($"host of {first.Host.Name} dies", pair, second, TimeSpan.FromSeconds(1.5), () => first.Host.PowerOff());
        Ctl(second, "group", "history", "--last", "6");
        await Heading($"{second.Host.Name} is active, with the same configuration", stop);
        Ctl(second, "status");
        Check(second.Status!.Config.Digest == digest, "the digest of the new active is the old active's");

        await Heading($"{first.Host.Name} comes back: it finds an active node and becomes standby", stop);
        await pair.Settle();
        Ctl(first, "status");
        Check(first.Status!.Role == "standby", $"{first.Host.Name} returned as standby");

        await Heading("Back again, on purpose: a handover", stop);
        await Outage("handover back", pair, first, TimeSpan.FromMilliseconds(100), () => Ctl(second, "group", "handover", "--wait"));
        Ctl(first, "status");
    }

    private async Task Outage(string what, LabPair pair, AkkaNode successor, TimeSpan promise, Action cause)
    {
        var observer = pair.Observer;
        observer.Reset();
        await Task.Delay(ReadingTime);
        var at = LabClock.Now;
        cause();
        await LabClock.Expect(() => observer.ClientHeard(successor.Host.Mac, at), TimeSpan.FromSeconds(10), $"{successor.Host.Name} answers");
        await Task.Delay(ReadingTime);
        var record = observer.Snapshot();
        var (lan, outside) = (Observation.Outage.LongestGap(record.Pings, at, record.To), Observation.Outage.LongestGap(record.Outside, at, record.To));
        _outages.Add((what, lan, outside, promise));
        Console.WriteLine($"   The client had no answer for {lan.TotalMilliseconds:0} ms, the one behind the router for {outside.TotalMilliseconds:0} ms.");
        Check(lan < promise && outside < promise, $"{what}: an outage below {promise.TotalMilliseconds:0} ms");
        Check(Holdings.HeldByBoth(Holdings.Of(record.Changes, record.To)) == TimeSpan.Zero, $"{what}: the address was never on both nodes");
    }

    private async Task Heading(string text, CancellationToken stop)
    {
        await Task.Delay(ReadingTime, stop);
        Console.WriteLine();
        Console.WriteLine($"{++_step}. {text}");
    }

    private static void Command(string text) => Console.WriteLine($"   $ {text}");

    private static void Ctl(AkkaNode node, params string[] command)
    {
        Console.WriteLine();
        Command($"failoverctl {string.Join(' ', command)}   # on {node.Host.Name}");
        foreach (var line in node.Ask(command).TrimEnd().Split('\n')) Console.WriteLine($"   {line}");
    }

    private void Check(bool holds, string what)
    {
        if (!holds) _broken.Add(what);
    }

    private void Conclude(LabNetwork lab)
    {
        Console.WriteLine();
        Console.WriteLine($"{++_step}. Measured outages, asked every {Observer.Interval.TotalMilliseconds:0} ms");
        Console.WriteLine();
        Console.WriteLine("   what                     client on the LAN   client behind the router   promised");
        foreach (var (what, lan, outside, promise) in _outages)
            Console.WriteLine($"   {what,-24} {lan.TotalMilliseconds,14:0} ms {outside.TotalMilliseconds,23:0} ms   < {promise.TotalMilliseconds:0} ms");
        Console.WriteLine();
        foreach (var what in _broken) Console.WriteLine($"   NOT AS PROMISED: {what}");
        if (!keep) return;
        Console.WriteLine($"""
               Everything is left running. Try:
                 scripts/lab.sh --lab {lab.Id} status
                 scripts/lab.sh --lab {lab.Id} break a poweroff
                 {Artifacts.Client} --socket {PairConfiguration.SocketOf(lab.B)} status
                 {Artifacts.Client} --socket {PairConfiguration.SocketOf(lab.B)} group explain
               End it with:
                 scripts/lab.sh --lab {lab.Id} down
            """);
    }
}
