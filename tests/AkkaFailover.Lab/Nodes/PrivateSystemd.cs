using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>
/// A real systemd on a host of the lab: process 1 of namespaces of its own, with a file system of its own (what it writes lies above the
/// machine's files and is forgotten with it), and nothing that it starts by itself. It ends when everything in the host is ended.
/// </summary>
public sealed class PrivateSystemd : IDisposable
{
    private const string Program = "/lib/systemd/systemd";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    // $1: a name for the control group; the others: folders that are the machine's own there too. Targets start nothing, so that nothing
    // cleans or mounts; what of that went wrong would meet the upper file system alone.
    private const string Script = """
        set -e
        tree=/sys/fs/cgroup; [ ! -d $tree/unified ] || tree=$tree/unified
        mkdir $tree/$1; echo $$ >$tree/$1/cgroup.procs; shift
        exec unshare --pid --mount --cgroup --ipc --uts --fork bash -ec '
          mount --make-rprivate /
          mount -t tmpfs tmpfs /mnt
          mkdir /mnt/upper /mnt/work /mnt/root
          mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
          cd /mnt/root
          mount -t proc proc proc
          mount -t sysfs sysfs sys
          mount -t cgroup2 cgroup2 sys/fs/cgroup
          for folder in run tmp dev; do mount -t tmpfs -o mode=755 tmpfs $folder; done
          for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
          for folder; do mkdir -p .$folder; mount --bind $folder .$folder; done
          pivot_root . mnt
          umount -l /mnt
          rm -rf /lib/systemd/system/*.wants /etc/systemd/system/*.wants
          : >/etc/fstab
          for target in sysinit basic private; do printf "[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n" >/etc/systemd/system/$target.target; done
          exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=private /lib/systemd/systemd --system --unit=private.target --log-target=console --show-status=no
        ' bash "$@"
        """;

    private readonly HostProcess _namespaces;
    private readonly string _group;

    private PrivateSystemd(LabHost host)
    {
        _group = $"failover-lab-{host.Namespace}";
        // Entering a network namespace by "ip netns exec" hides the control groups: back to the mounts of this process.
        _namespaces = host.Start("systemd.log", "nsenter", "--target", $"{Environment.ProcessId}", "--mount", "bash", "-c", Script, "bash", _group, Path.GetDirectoryName(host.Directory)!);
    }

    /// <summary>Its process, as the machine counts.</summary>
    public int Pid => LabHost.ChildrenOf(_namespaces.Pid).Single();

    /// <summary>Starts one and waits until it runs.</summary>
    /// <exception cref="LabException">It does not.</exception>
    public static async Task<PrivateSystemd> Start(LabHost host)
    {
        if (!File.Exists(Program)) throw new LabException($"there is no {Program}");
        var systemd = new PrivateSystemd(host);
        try
        {
            await LabClock.Expect(() => systemd.Runs(), StartTime, $"systemd runs on {host.Name}");
        }
        catch (LabException e)
        {
            systemd.Dispose();
            throw new LabException($"{e.Message}\n{systemd._namespaces.Log}");
        }
        return systemd;
    }

    /// <summary>Writes a unit, or a drop-in of one (<c>UNIT.d/NAME.conf</c>), and has it read.</summary>
    public void Write(string unit, string text)
    {
        var file = $"/proc/{Pid}/root/etc/systemd/system/{unit}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Ask("daemon-reload");
    }

    /// <summary>Runs <c>systemctl</c>, whatever its exit code.</summary>
    public ToolResult Ctl(params string[] arguments) => Tool.Try("nsenter", [.. Enter, .. arguments]);

    /// <summary>Runs <c>systemctl</c>, which must succeed; returns its output.</summary>
    public string Ask(params string[] arguments) => Tool.Run("nsenter", [.. Enter, .. arguments]);

    /// <summary>One property of a unit.</summary>
    public string Property(string unit, string name) => Ask("show", unit, "--property", name, "--value").Trim();

    /// <summary>The processes of a unit, as the machine counts: whatever session they have made.</summary>
    public IReadOnlyList<int> ProcessesOf(string unit) => Property(unit, "ControlGroup") is { Length: > 0 } group
        && Group() + group + "/cgroup.procs" is var file && File.Exists(file) ? [.. File.ReadLines(file).Select(int.Parse).Where(pid => pid > 0)] : [];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Directory.Exists(Group())) return;
        File.WriteAllText(Path.Combine(Group(), "cgroup.kill"), "1");
        Remove(Group());
    }

    // From the inside out; what is in them are no files to delete. A group is busy until its last process has been waited for.
    private static void Remove(string group)
    {
        foreach (var inner in Directory.GetDirectories(group)) Remove(inner);
        if (!SpinWait.SpinUntil(() => TryDelete(group), StartTime)) throw new LabException($"{group} is still in use");
    }

    private static bool TryDelete(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private IEnumerable<string> Enter => ["--target", $"{Pid}", "--mount", "--pid", "--cgroup", "--ipc", "--", "systemctl", "--no-ask-password", "--no-pager"];

    private bool Runs() => !_namespaces.HasExited && LabHost.ChildrenOf(_namespaces.Pid).Count == 1 && Directory.Exists($"/proc/{Pid}/root/run/systemd/system")
        && Ctl("is-system-running").Output.Trim() is "running" or "degraded";

    private string Group() => (Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified/" : "/sys/fs/cgroup/") + _group;
}
