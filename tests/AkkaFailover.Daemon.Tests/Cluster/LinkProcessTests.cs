using System.Diagnostics;
using System.Globalization;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>What needs a peer in a process of its own: sudden death, a starved thread pool, a cut cable.</summary>
public sealed class LinkProcessTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_killed_peer_is_refused_at_once()
    {
        var (portA, portB) = (TestNode.FreeAddress(), TestNode.FreeAddress());
        await using var a = TestNode.Start(TestNode.MakeSettings("a", portA, "b", portB, _certificates.Issue("a")));
        using var b = new PeerProcess("b", portB, "a", portA, _certificates.Issue("b"));
        await a.Hears(LinkStatus.Connected, seconds: 30);
        a.Forget();
        var clock = Stopwatch.StartNew();
        b.Kill();
        await a.Hears(LinkStatus.Refused);
        output.WriteLine($"refused {clock.Elapsed.TotalMilliseconds:F0} ms after the kill");
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 0, 500);
    }

    [Fact]
    public async Task Beats_pass_while_the_thread_pools_of_both_are_starved()
    {
        var (portA, portB) = (TestNode.FreeAddress(), TestNode.FreeAddress());
        using var a = new PeerProcess("a", portA, "b", portB, _certificates.Issue("a"), starvedPoolThreads: 300);
        using var b = new PeerProcess("b", portB, "a", portA, _certificates.Issue("b"), starvedPoolThreads: 300);
        await a.Says("Connected", seconds: 30);
        for (var beats = 0; beats < 30; beats++)
        {
            var beat = await a.Says(line => line.StartsWith("beat", StringComparison.Ordinal), seconds: 2);
            var late = TimeSpan.FromMicroseconds(double.Parse(beat.Split(' ')[1], CultureInfo.InvariantCulture));
            Assert.True(late < TimeSpan.FromSeconds(1), beat);
        }
    }

    [Fact]
    public async Task A_cut_cable_is_noticed_and_the_link_is_back_soon_after_it_is_mended()
    {
        using var cable = new Cable();
        var (atA, atB) = (new HostPort("10.77.0.1", 4053), new HostPort("10.77.0.2", 4053));
        using var a = new PeerProcess("a", atA, "b", atB, _certificates.Issue("a"), networkNamespace: cable.NodeA);
        using var b = new PeerProcess("b", atB, "a", atA, _certificates.Issue("b"), networkNamespace: cable.NodeB);
        await a.Says("Connected", seconds: 30);
        cable.Cut();
        await a.Says("Status = Lost", seconds: 10);
        // Long enough for Akka to give the connection up, and for TCP's own back-off to be far beyond what is allowed below.
        await Task.Delay(TimeSpan.FromSeconds(15));
        var clock = Stopwatch.StartNew();
        cable.Mend();
        await a.Says("Connected", seconds: 30);
        output.WriteLine($"connected {clock.Elapsed.TotalMilliseconds:F0} ms after the cable was mended");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
    }

    /// <summary>Two network namespaces on a bridge in a third; a cut is silent: both ends keep their carrier.</summary>
    private sealed class Cable : IDisposable
    {
        private static readonly string Prefix = $"link-{Environment.ProcessId}";
        private readonly string _switch = $"{Prefix}-s";

        public Cable()
        {
            foreach (var name in new[] { NodeA, NodeB, _switch }) Ip($"netns add {name}");
            Ip($"-n {_switch} link add br0 type bridge");
            Ip($"-n {_switch} link set br0 up");
            Attach(NodeA, "port-a", "10.77.0.1/24");
            Attach(NodeB, "port-b", "10.77.0.2/24");
        }

        public string NodeA { get; } = $"{Prefix}-a";

        public string NodeB { get; } = $"{Prefix}-b";

        public void Cut() => Ip($"-n {_switch} link set port-a nomaster");

        public void Mend() => Ip($"-n {_switch} link set port-a master br0");

        public void Dispose()
        {
            foreach (var name in new[] { NodeA, NodeB, _switch }) Ip($"netns del {name}");
        }

        private void Attach(string node, string port, string address)
        {
            Ip($"-n {_switch} link add {port} type veth peer name eth0 netns {node}");
            Ip($"-n {_switch} link set {port} master br0 up");
            Ip($"-n {node} addr add {address} dev eth0");
            Ip($"-n {node} link set eth0 up");
            Ip($"-n {node} link set lo up");
        }

        private static void Ip(string arguments)
        {
            using var ip = Process.Start("ip", arguments);
            ip.WaitForExit();
            Assert.True(ip.ExitCode == 0, $"ip {arguments} failed with {ip.ExitCode}");
        }
    }
}
