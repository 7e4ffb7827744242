using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>The two nodes always come to be in one cluster, in whatever order they start and restart.</summary>
public sealed class MembershipTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly HostPort _portA = TestNode.FreeAddress();
    private readonly HostPort _portB = TestNode.FreeAddress();

    private FailoverSettings A => TestNode.MakeSettings("a", _portA, "b", _portB, _certificates.Issue("a"));

    private FailoverSettings B => TestNode.MakeSettings("b", _portB, "a", _portA, _certificates.Issue("b"));

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_node_alone_forms_no_cluster_and_serves()
    {
        await using var a = TestNode.Start(A);
        await a.Hears(LinkStatus.Refused);
        Assert.Empty((await a.Report()).Members);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Two_nodes_are_in_one_cluster_whoever_was_first(bool aFirst, bool beats)
    {
        await using var first = TestNode.Start(aFirst ? A : B);
        await first.Hears(LinkStatus.Refused);
        await using var second = TestNode.Start(aFirst ? B : A);
        if (beats)
        {
            first.KeepBeating(Role.Active);
            second.KeepBeating(Role.Standby);
        }
        await AreTogether(first, second, seconds: 4);
    }

    [Fact]
    public async Task Restarts_in_turn_never_leave_two_clusters()
    {
        var a = TestNode.Start(A);
        var b = TestNode.Start(B);
        await AreTogether(a, b);
        for (var cycle = 0; cycle < 10; cycle++)
        {
            if (cycle % 2 == 0)
            {
                await a.DisposeAsync();
                a = TestNode.Start(A);
            }
            else
            {
                await b.DisposeAsync();
                b = TestNode.Start(B);
            }
            await AreTogether(a, b);
        }
        Assert.DoesNotContain(a.Told.Concat(b.Told), told => told is LinkBroken);
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    [Fact]
    public async Task Both_restarted_at_once_find_together_again()
    {
        var a = TestNode.Start(A);
        var b = TestNode.Start(B);
        await AreTogether(a, b);
        await Task.WhenAll(a.DisposeAsync().AsTask(), b.DisposeAsync().AsTask());
        await using var newB = TestNode.Start(B);
        await using var newA = TestNode.Start(A);
        await AreTogether(newA, newB);
    }

    [Fact]
    public async Task Two_clusters_that_came_to_be_all_the_same_are_reported_by_the_idle_node_alone()
    {
        await using var a = TestNode.Start(A);
        await using var b = TestNode.Start(B);
        // Behind the links' backs, before they have greeted.
        foreach (var node in new[] { a, b }) Akka.Cluster.Cluster.Get(node.System).Join(Akka.Cluster.Cluster.Get(node.System).SelfAddress);
        a.KeepBeating(Role.Standby);
        b.KeepBeating(Role.Active);
        await b.Hears(LinkStatus.Connected);
        await a.Hears<LinkBroken>(_ => true, seconds: ClusterMembership.IslandGrace.TotalSeconds + 10);
        Assert.DoesNotContain(b.Told, told => told is LinkBroken);
    }

    private static async Task AreTogether(TestNode a, TestNode b, double seconds = 10)
    {
        await a.Reports(AllUp, seconds);
        await b.Reports(AllUp, seconds);

        bool AllUp(ClusterReport report) =>
            report.Members.Count == 2 && report.Members.All(member => member is { Status: "up", Reachable: true }) &&
            report.Peers[0].Status == LinkStatus.Connected;
    }
}
