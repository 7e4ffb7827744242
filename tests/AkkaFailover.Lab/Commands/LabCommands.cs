using System.Diagnostics;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Commands;

/// <summary>Commands on a lab that stays: build it, look at it, break it, mend it.</summary>
internal static class LabCommands
{
    public static int Up(string id)
    {
        LabNetwork.CreateKept(id);
        Console.WriteLine($"The lab {id} is up. Try: lab.sh exec a ip address; lab.sh down");
        return 0;
    }

    public static int Down(string id)
    {
        LabNetwork.Attach(id).Dispose();
        return 0;
    }

    public static int RemoveAbandoned()
    {
        foreach (var id in LabNetwork.RemoveAbandoned()) Console.WriteLine($"removed the abandoned lab {id}");
        return 0;
    }

    public static int Status(string id)
    {
        foreach (var host in LabNetwork.Attach(id).Hosts)
        {
            var held = host.HoldsVirtualAddress() ? $", holds {LabTopology.VirtualAddress}" : "";
            var addresses = string.Join(", ", host.Plan.Cables.Select(cable => $"{cable.Interface} {cable.Address}"));
            Console.WriteLine($"{host.Name}  {host.Plan.Purpose,-26} {addresses,-34} {host.Processes().Count} processes{held}");
        }
        return 0;
    }

    public static int Exec(string id, string host, string[] command)
    {
        using var process = Process.Start("ip", ["netns", "exec", LabNetwork.Attach(id)[host].Namespace, .. command]);
        process.WaitForExit();
        return process.ExitCode;
    }

    public static int Break(string id, string host, WireFault fault, int percent)
    {
        var lab = LabNetwork.Attach(id);
        Action<LabHost> act = fault switch
        {
            WireFault.PowerOff => target => target.PowerOff(),
            WireFault.Unplug => lab.Switch.Unplug,
            WireFault.InterfaceDown => target => target.InterfaceDown(),
            WireFault.Cut => target => lab.Switch.Cut(target),
            WireFault.CutFrom => target => lab.Switch.Cut(target, direction: Direction.From),
            WireFault.CutTo => target => lab.Switch.Cut(target, direction: Direction.To),
            WireFault.CutLink => lab.Switch.PartitionLink,
            WireFault.Heartbeats => lab.Switch.DropHeartbeats,
            WireFault.Loss => target => lab.Switch.Lose(target, percent),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
        };
        act(lab[host]);
        return 0;
    }

    public static int Restore(string id)
    {
        var lab = LabNetwork.Attach(id);
        lab.Switch.RestoreFrames();
        foreach (var host in lab.Hosts) host.PowerOn();
        return 0;
    }

    /// <summary>Watches until told to stop, then says who answered and how long nobody did.</summary>
    public static async Task<int> Probe(string id, TimeSpan duration, CancellationToken stop)
    {
        var lab = LabNetwork.Attach(id);
        using var observer = new Observer(lab);
        await Wait(duration, stop);
        var record = observer.Snapshot();
        Report("client on the LAN", record.Pings, record, lab);
        Report("client behind the router", record.Outside, record, lab);
        Report("watcher (ARP)", record.Arps, record, lab);
        Console.WriteLine($"answered by both for {Outage.AnsweredByBoth(record.Arps).TotalMilliseconds:0} ms");
        return 0;
    }

    /// <summary>Watches until told to stop, then says who held the address when; exit code 1 where both did.</summary>
    public static async Task<int> Audit(string id, TimeSpan duration, CancellationToken stop)
    {
        using var observer = new Observer(LabNetwork.Attach(id));
        await Wait(duration, stop);
        var record = observer.Snapshot();
        var holdings = Holdings.Of(record.Changes, record.To);
        foreach (var holding in holdings)
            Console.WriteLine($"{holding.Host}  from {(holding.From - record.From).TotalSeconds,9:0.000} s to {(holding.To - record.From).TotalSeconds,9:0.000} s");
        var both = Holdings.HeldByBoth(holdings);
        Console.WriteLine($"held by both for {both.TotalMilliseconds:0.0} ms");
        return both == TimeSpan.Zero ? 0 : 1;
    }

    private static void Report(string who, IReadOnlyList<Answer> answers, Record record, LabNetwork lab)
    {
        var by = answers.GroupBy(answer => answer.From).Select(group => $"{group.Count()} of {NameOf(group.Key, lab)}");
        var gap = Outage.LongestGap(answers, record.From, record.To);
        Console.WriteLine($"{who}: answers {(answers.Count == 0 ? "none" : string.Join(", ", by))}; longest time without one {gap.TotalMilliseconds:0} ms");
    }

    private static string NameOf(MacAddress mac, LabNetwork lab) =>
        lab.Hosts.FirstOrDefault(host => host.Plan.Cables.Any(cable => cable.Mac == mac))?.Name ?? mac.ToString();

    private static async Task Wait(TimeSpan duration, CancellationToken stop)
    {
        Console.WriteLine($"watching for {duration.TotalSeconds:0} s; Ctrl-C ends it sooner");
        await Task.Delay(duration, stop).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}

/// <summary>What the command line can do to a host's wires.</summary>
internal enum WireFault
{
    PowerOff,
    Unplug,
    InterfaceDown,
    Cut,
    CutFrom,
    CutTo,
    CutLink,
    Heartbeats,
    Loss,
}
