using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Service;

/// <summary>
/// A real systemd, as process 1 of a process, mount and control group namespace of its own, that starts nothing by itself. It does not
/// matter what process 1 of the host is.
/// </summary>
public sealed class PrivateSystemd : IDisposable
{
    private const string Program = "/lib/systemd/systemd";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // {0}: the name of the control group. The first hierarchy is there beside the second one on some hosts only.
    private const string Script = """
        set -e
        root=/sys/fs/cgroup
        if [ -d $root/unified ]; then trees="$root/systemd $root/unified"; else trees=$root; fi
        for tree in $trees; do mkdir $tree/{0}; echo $$ >$tree/{0}/cgroup.procs; done
        exec unshare --pid --mount --cgroup --ipc --uts --fork bash -ec '
          mount --make-rprivate /
          mount -t tmpfs -o mode=755 tmpfs /run
          mkdir -p /run/systemd/system
          mount -t proc proc /proc
          hybrid=$([ -d /sys/fs/cgroup/unified ] && echo yes || echo no)
          umount -R /sys/fs/cgroup
          if [ $hybrid = yes ]; then
            mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
            mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
            mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
            mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
          else
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
          fi
          printf "[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n" >/run/systemd/system/private.target
          exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=private {1} --system --unit=private.target --log-target=null --show-status=no
        '
        """;

    private readonly string _group = $"failover-test-{Environment.ProcessId}";
    private readonly Process _namespaces;
    private readonly int _systemd;

    /// <summary>Starts it and waits until it runs.</summary>
    public PrivateSystemd()
    {
        var script = Script.Replace("{0}", _group, StringComparison.Ordinal).Replace("{1}", Program, StringComparison.Ordinal);
        _namespaces = Process.Start("setsid", ["bash", "-c", script]);
        _systemd = Eventually(() => Children(_namespaces.Id).Cast<int?>().FirstOrDefault(), "a child of unshare");
        Eventually(() => Directory.Exists($"/proc/{_systemd}/root/run/systemd/system") && Run("is-system-running").Trim() is "running" or "degraded" ? (int?)1 : null, "systemd runs");
    }

    /// <summary>Why none can run here; null where one can.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() || Environment.UserName != "root" ? "needs root for namespaces of its own"
        : !File.Exists(Program) ? $"there is no {Program}"
        : !File.Exists("/sys/fs/cgroup/cgroup.procs") && !Directory.Exists("/sys/fs/cgroup/unified") ? "no second version of control groups is mounted"
        : null;

    /// <summary>How its systemctl is called.</summary>
    public IReadOnlyList<string> Systemctl =>
        ["nsenter", "--target", _systemd.ToString(CultureInfo.InvariantCulture), "--mount", "--pid", "--cgroup", "--ipc", "--", "systemctl", "--no-ask-password", "--no-pager"];

    /// <summary>Writes a unit and has it read.</summary>
    public void Write(string unit, string service)
    {
        File.WriteAllText($"/proc/{_systemd}/root/run/systemd/system/{unit}", $"[Service]\n{service}\n");
        Run("daemon-reload");
    }

    /// <summary>The output of a command of systemctl.</summary>
    public string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Systemctl[0], [.. Systemctl.Skip(1), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>Its process 1 takes everything with it.</summary>
    public void Dispose()
    {
        Process.GetProcessById(_systemd).Kill();
        _namespaces.WaitForExit(Patience);
        _namespaces.Dispose();
        foreach (var tree in new[] { "/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified" })
        {
            var group = Path.Combine(tree, _group);
            if (Directory.Exists(group)) Remove(group);
        }
    }

    // Groups are removed from the inside out; what is in them are no files to delete.
    private static void Remove(string group)
    {
        foreach (var inner in Directory.GetDirectories(group)) Remove(inner);
        Eventually(() => Try(() => Directory.Delete(group)) ? (int?)1 : null, $"{group} is empty");
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Children(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));

    private static int Eventually(Func<int?> found, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (found() is { } value) return value;
            if (watch.Elapsed > Patience) throw new TimeoutException($"still not: {what}");
            Thread.Sleep(20);
        }
    }
}

/// <summary>A test with a real systemd; skipped, with the reason, where none can run.</summary>
public sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute() => Skip = PrivateSystemd.WhyNot;
}
