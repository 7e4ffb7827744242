namespace AkkaFailover.Lab.Network;

/// <summary>
/// One lab: the switch and the hosts, as network namespaces. Everything it makes carries the lab's own name, so labs run
/// side by side, and one whose owner died without cleaning up is recognised.
/// </summary>
public sealed class LabNetwork : IDisposable
{
    private const string Prefix = "failover-lab-";
    private const string Root = "/var/tmp/failover-lab";
    private readonly Dictionary<string, LabHost> _hosts = [];

    private LabNetwork(string id)
    {
        Id = id;
        Switch = new LabSwitch(Prefix + id + "-switch");
        foreach (var plan in LabTopology.Hosts)
            _hosts[plan.Name] = new LabHost(plan, $"{Prefix}{id}-{plan.Name}", Path.Combine(Folder, plan.Name), Switch);
    }

    /// <summary>The lab's name.</summary>
    public string Id { get; }

    /// <summary>Folder of everything the lab's processes write; removed with the lab.</summary>
    public string Folder => Path.Combine(Root, Id);

    /// <summary>The switch and the faults of the wire.</summary>
    public LabSwitch Switch { get; }

    /// <summary>The first node.</summary>
    public LabHost A => _hosts["a"];

    /// <summary>The second node.</summary>
    public LabHost B => _hosts["b"];

    /// <summary>The client on the LAN.</summary>
    public LabHost Client => _hosts["c"];

    /// <summary>The host that asks by ARP who has the address.</summary>
    public LabHost Watcher => _hosts["w"];

    /// <summary>The client behind the router.</summary>
    public LabHost Outside => _hosts["o"];

    /// <summary>All hosts.</summary>
    public IReadOnlyCollection<LabHost> Hosts => _hosts.Values;

    /// <summary>The host of a name.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public LabHost this[string name] => _hosts.TryGetValue(name, out var host) ? host
        : throw new LabException($"no host {name}: there are {string.Join(", ", _hosts.Keys)}");

    /// <summary>Builds a lab that this process owns; dispose it.</summary>
    public static LabNetwork Create() => Create($"{Environment.ProcessId:x}-{Random.Shared.Next(0x1000, 0x10000):x}", Environment.ProcessId);

    /// <summary>Builds a lab that stays when this process ends.</summary>
    public static LabNetwork CreateKept(string id) => Create(id, owner: 0);

    /// <summary>Finds a lab that was built before.</summary>
    /// <exception cref="LabException">There is none of that name.</exception>
    public static LabNetwork Attach(string id) => Directory.Exists(Path.Combine(Root, id)) ? new LabNetwork(id)
        : throw new LabException($"no lab {id}: there are {string.Join(", ", All())}; make one with: lab.sh up");

    /// <summary>The names of the labs on this machine.</summary>
    public static IEnumerable<string> All() => Directory.Exists(Root) ? Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order() : [];

    /// <summary>Removes the labs whose owner has died.</summary>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> RemoveAbandoned()
    {
        var abandoned = All().Where(id => !IsOwned(id)).ToList();
        foreach (var id in abandoned) new LabNetwork(id).Dispose();
        return abandoned;
    }

    /// <summary>Keeps the lab when this process ends.</summary>
    public void Keep() => File.WriteAllText(OwnerFile(Id), "0");

    /// <summary>Ends all processes in the lab and removes all of it.</summary>
    public void Dispose()
    {
        var existing = Tool.Run("ip", ["netns", "list"]).Split('\n').Select(line => line.Split(' ')[0]).ToHashSet();
        foreach (var host in _hosts.Values.Where(host => existing.Contains(host.Namespace)))
        {
            host.KillEverything();
            Tool.Run("ip", ["netns", "delete", host.Namespace]);
        }
        if (existing.Contains(Switch.Namespace)) Tool.Run("ip", ["netns", "delete", Switch.Namespace]);
        KeepLogs();
        // Of a process that died before it could take them away.
        foreach (var mount in File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1]).Where(at => at.StartsWith(Folder + "/", StringComparison.Ordinal)))
            Tool.Run("umount", ["--lazy", mount]);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    // For the search after a failure: FAILOVER_LAB_LOGS names a folder that outlives the lab.
    private void KeepLogs()
    {
        if (Environment.GetEnvironmentVariable("FAILOVER_LAB_LOGS") is not { Length: > 0 } target) return;
        foreach (var host in _hosts.Values.Where(host => Directory.Exists(host.Directory)))
        {
            Directory.CreateDirectory(target);
            foreach (var log in Directory.GetFiles(host.Directory, "*.log")) File.Copy(log, Path.Combine(target, $"{Id}-{host.Name}-{Path.GetFileName(log)}"));
        }
    }

    private static LabNetwork Create(string id, int owner)
    {
        if (!Environment.IsPrivilegedProcess) throw new LabException("the lab makes network namespaces: run it as root");
        var lab = new LabNetwork(id);
        if (Directory.Exists(lab.Folder)) throw new LabException($"the lab {id} exists already; end it with: lab.sh down {id}");
        Directory.CreateDirectory(lab.Folder);
        File.WriteAllText(OwnerFile(id), $"{owner}");
        try
        {
            lab.Build();
        }
        catch (LabException)
        {
            lab.Dispose();
            throw;
        }
        return lab;
    }

    private static string OwnerFile(string id) => Path.Combine(Root, id, "owner");

    private static bool IsOwned(string id) =>
        File.Exists(OwnerFile(id)) && int.TryParse(File.ReadAllText(OwnerFile(id)), out var owner)
        && (owner == 0 || Directory.Exists($"/proc/{owner}"));

    private void Build()
    {
        Tool.Run("ip", ["netns", "add", Switch.Namespace]);
        Switch.Build();
        foreach (var host in _hosts.Values)
        {
            Directory.CreateDirectory(host.Directory);
            Tool.Run("ip", ["netns", "add", host.Namespace]);
            host.Connect(host.Plan.Cables);
        }
    }
}
