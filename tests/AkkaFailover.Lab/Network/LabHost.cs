using System.Globalization;
using System.Text.Json;
using AkkaFailover.Lab.Native;

namespace AkkaFailover.Lab.Network;

/// <summary>A host of the lab: a network namespace and a folder for what its processes write.</summary>
public sealed class LabHost
{
    private const double TicksPerSecond = 100; // of /proc, on every Linux
    private readonly LabSwitch _switch;
    private readonly string _virtualAddress = $"{LabTopology.VirtualAddress}/{LabTopology.PrefixLength}";

    internal LabHost(HostPlan plan, string ns, string directory, LabSwitch wiring)
    {
        Plan = plan;
        Namespace = ns;
        Directory = directory;
        _switch = wiring;
    }

    /// <summary>Its place in the plan.</summary>
    public HostPlan Plan { get; }

    /// <summary>Its letter.</summary>
    public string Name => Plan.Name;

    /// <summary>Its network namespace.</summary>
    public string Namespace { get; }

    /// <summary>Folder of its configuration, state and logs.</summary>
    public string Directory { get; }

    /// <summary>Its station address on the LAN.</summary>
    public MacAddress Mac => Plan.Cables[0].Mac;

    /// <summary>Its own address on the LAN.</summary>
    public string LanAddress => Plan.Cables[0].Address;

    /// <summary>Its address on the cluster link; null where it has none.</summary>
    public string? LinkAddress => Plan.Cables.FirstOrDefault(cable => cable.Segment == LabTopology.Link)?.Address;

    /// <summary>Runs a command in the host, whatever its exit code.</summary>
    public ToolResult Try(params string[] command) => Tool.Try("ip", ["netns", "exec", Namespace, .. command]);

    /// <summary>Runs a command in the host that must succeed; returns its standard output.</summary>
    public string Run(params string[] command) => Tool.Run("ip", ["netns", "exec", Namespace, .. command]);

    /// <summary>Starts a process in the host.</summary>
    public HostProcess Start(string logName, params string[] command) =>
        HostProcess.Start(Namespace, Path.Combine(Directory, logName), command);

    /// <summary>The processes that run in the host now.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Tool.Run("ip", ["netns", "pids", Namespace]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    /// <summary>
    /// The host dies: all cables go dead, then everything in it ends without a word, and what its kernel knew is lost.
    /// </summary>
    public void PowerOff()
    {
        _switch.Unplug(this);
        KillEverything();
        RemoveVirtualAddress();
    }

    /// <summary>The host is back: cables live, nothing running.</summary>
    public void PowerOn()
    {
        _switch.Plug(this);
        InterfaceUp();
    }

    /// <summary>Ends everything that runs in the host, with no chance to say goodbye.</summary>
    public void KillEverything()
    {
        while (Processes() is { Count: > 0 } pids) KillTogether(pids);
    }

    /// <summary>Ends processes as if at one moment: all are stopped before the first is killed.</summary>
    public static void KillTogether(IReadOnlyList<int> pids)
    {
        Send(pids, Signal.Stop);
        Send(pids, Signal.Kill);
    }

    /// <summary>Sends a signal to each of them.</summary>
    public static void Send(IReadOnlyList<int> pids, Signal signal)
    {
        foreach (var pid in pids) Posix.Kill(pid, signal);
    }

    /// <summary>The name of a process; empty where it has ended.</summary>
    public static string NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The processes that a process has started; none where it has ended.</summary>
    public static IReadOnlyList<int> ChildrenOf(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Resident memory of a process, in bytes.</summary>
    public static long ResidentBytes(int pid) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2], CultureInfo.InvariantCulture);

    /// <summary>Processor time of a process so far, to 10 ms.</summary>
    public static TimeSpan ProcessorTime(int pid)
    {
        // Fields 14 and 15, user and system time; the name before them may contain blanks but ends with ')'.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>Descriptors that a process has open.</summary>
    public static int Descriptors(int pid) => System.IO.Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count();

    /// <summary>Frames that have arrived at its main interface so far.</summary>
    public long FramesReceived() => JsonDocument.Parse(Tool.Run("ip", ["-n", Namespace, "-s", "-j", "link", "show", "dev", Plan.Cables[0].Interface]))
        .RootElement[0].GetProperty("stats64").GetProperty("rx").GetProperty("packets").GetInt64();

    /// <summary>How often the threads of a process have gone to sleep so far; those that have ended are not counted.</summary>
    public static long Sleeps(int pid) => System.IO.Directory.EnumerateDirectories($"/proc/{pid}/task").Sum(SleepsOfThread);

    private static long SleepsOfThread(string thread)
    {
        const string Field = "voluntary_ctxt_switches:";
        try
        {
            return long.Parse(File.ReadLines(Path.Combine(thread, "status")).Single(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    /// <summary><c>ip link set eth0 down</c>.</summary>
    public void InterfaceDown() => Tool.Ip(Namespace, $"link set dev {Plan.Cables[0].Interface} down");

    /// <summary><c>ip link set eth0 up</c>, and the default route that went with it.</summary>
    public void InterfaceUp()
    {
        Tool.Ip(Namespace, $"link set dev {Plan.Cables[0].Interface} up");
        if (Plan.Gateway is { } gateway) Tool.Ip(Namespace, $"route replace default via {gateway}");
    }

    /// <summary>The main interface is taken away, with all its addresses and routes.</summary>
    public void DeleteInterface() => Tool.Ip(Namespace, $"link delete dev {Plan.Cables[0].Interface}");

    /// <summary>Whether there is a main interface.</summary>
    public bool HasInterface() => Tool.Try("ip", ["-n", Namespace, "link", "show", "dev", Plan.Cables[0].Interface]).ExitCode == 0;

    /// <summary>The main interface is made anew, as it was at first.</summary>
    public void MakeInterface() => Connect([Plan.Cables[0]]);

    // A new namespace inherits IPv4 parameters of the machine it is made on; these make every machine's lab the same:
    // what a kernel does by default, and no more.
    internal void Connect(IReadOnlyList<Cable> cables)
    {
        foreach (var cable in cables) _switch.Connect(this, cable);
        Tool.Ip(Namespace, ["link set dev lo up",
            .. cables.Select(cable => $"address add {cable.Address}/{LabTopology.PrefixLength} dev {cable.Interface}"),
            .. cables.Select(cable => $"link set dev {cable.Interface} up"),
            .. Plan.Gateway is { } gateway ? [$"route replace default via {gateway}"] : Array.Empty<string>()]);
        NetworkNamespace.SetKernelParameters(Namespace, [("ipv4/ip_forward", Name == "r" ? "1" : "0"),
            .. from place in cables.Select(cable => cable.Interface).Append("all")
               from key in new[] { "rp_filter", "arp_ignore", "arp_announce", "arp_filter", "arp_accept" }
               select ($"ipv4/conf/{place}/{key}", "0")]);
    }

    /// <summary>Somebody who manages the network takes all addresses off the main interface. It may give up where one is put back each time.</summary>
    public void FlushAddresses()
    {
        _ = Try("ip", "address", "flush", "dev", Plan.Cables[0].Interface);
        if (HasOwnAddress()) throw new LabException($"the addresses of {Name} are still there after a flush");
    }

    /// <summary>The host's own address on the main interface, and its default route, where they are not there.</summary>
    public void RestoreOwnAddress()
    {
        if (!HasOwnAddress()) Tool.Ip(Namespace, $"address add {LanAddress}/{LabTopology.PrefixLength} dev {Plan.Cables[0].Interface}");
        InterfaceUp();
    }

    /// <summary>Whether the kernel has the host's own address on the LAN.</summary>
    public bool HasOwnAddress() => Has(LanAddress);

    /// <summary>Takes the virtual address off, where a process that ended without care has left it.</summary>
    public void RemoveVirtualAddress()
    {
        if (HoldsVirtualAddress()) _ = Tool.Try("ip", ["-n", Namespace, "address", "del", _virtualAddress, "dev", Plan.Cables[0].Interface]);
    }

    /// <summary>Whether the kernel has the virtual address now.</summary>
    public bool HoldsVirtualAddress() => Has(LabTopology.VirtualAddress);

    private bool Has(string address) => Tool.Run("ip", ["-n", Namespace, "-o", "address", "show", "to", address]).Length > 0;
}
