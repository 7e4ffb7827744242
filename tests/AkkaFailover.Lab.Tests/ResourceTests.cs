using System.Globalization;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>What a daemon costs, and what happens when it gets no more of something.</summary>
public sealed class ResourceTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_idle_pair_takes_little_processor_and_memory()
    {
        await lab.Pair.Settle();
        AkkaNode[] nodes = [lab.A, lab.B];
        var before = nodes.Select(Processor).ToList();
        await Task.Delay(IdleTime);
        for (var i = 0; i < nodes.Length; i++)
        {
            var share = (Processor(nodes[i]) - before[i]) / IdleTime;
            var mebibytes = nodes[i].Host.Processes().Sum(ResidentKibibytes) / 1024.0;
            Assert.True(share <= 0.03, $"{nodes[i].Host.Name} took {share:P1} of a core");
            Assert.True(mebibytes <= 170, $"{nodes[i].Host.Name} took {mebibytes:0} MiB");
        }
    }

    [Fact]
    public async Task A_full_disk_under_the_active_moves_the_role()
    {
        lab.Reset();
        var node = new AkkaNode(lab.Network.A, SmallDisk.At(lab.A.StateDirectory, "size=16m"));
        node.Start();
        await lab.Pair.Expect(() => lab.Observer.Holders is ["a"], TimeSpan.FromSeconds(30), "a is active");
        lab.B.Start();
        await lab.Pair.Expect(() => lab.B.IsReady(holder: false), TimeSpan.FromSeconds(20), "b is standby");
        SmallDisk.Fill(node.Process!.Pid, node.StateDirectory);
        var refused = lab.A.Ctl("config", "set", "too/much", new string('x', 100_000));
        Assert.NotEqual(0, refused.ExitCode);
        await lab.Pair.Expect(() => lab.Observer.Holders is ["b"], TimeSpan.FromSeconds(10), "b took over");
        Assert.Equal("fault", lab.A.Status!.Role);
        Assert.NotEqual(0, lab.B.Ctl("config", "get", "too/much").ExitCode);
        lab.ExpectNeverBoth();
        lab.Reset();
    }

    private static TimeSpan Processor(AkkaNode node) => TimeSpan.FromSeconds(node.Host.Processes().Sum(pid =>
    {
        // Fields 14 and 15, user and system time; the name before them may contain blanks but ends with ')'.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }) / TicksPerSecond);

    private static long ResidentKibibytes(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2], CultureInfo.InvariantCulture);
}
