using System.Diagnostics;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Cluster;

public sealed class LinkTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly HostPort _portA = TestNode.FreeAddress();
    private readonly HostPort _portB = TestNode.FreeAddress();

    private FailoverSettings A => TestNode.MakeSettings("a", _portA, "b", _portB, _certificates.Issue("a"));

    private FailoverSettings B => TestNode.MakeSettings("b", _portB, "a", _portA, _certificates.Issue("b"));

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Beats_pass_both_ways_once_the_nodes_have_greeted()
    {
        await using var a = TestNode.Start(A);
        await using var b = TestNode.Start(B);
        await a.Hears(LinkStatus.Connected);
        await b.Hears(LinkStatus.Connected);
        a.Send(new Beat(TestNode.BeatOf(Role.Active, version: 17)));
        b.Send(new Beat(TestNode.BeatOf(Role.Standby, version: 16)));
        await b.Hears<BeatHeard>(heard => heard.Beat == TestNode.BeatOf(Role.Active, version: 17));
        await a.Hears<BeatHeard>(heard => heard.Beat == TestNode.BeatOf(Role.Standby, version: 16));
        Assert.Equal(A.Groups[0].Heartbeat.Carp.Timing, (await a.Hears<PeerGreeted>(_ => true)).Greeting.Timing);
    }

    [Fact]
    public async Task A_peer_that_never_ran_is_refused_at_once()
    {
        var clock = Stopwatch.StartNew();
        await using var a = TestNode.Start(A);
        await a.Hears(LinkStatus.Refused);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task A_peer_that_ends_is_refused_and_one_that_returns_is_connected()
    {
        await using var a = TestNode.Start(A);
        var b = TestNode.Start(B);
        await a.Hears(LinkStatus.Connected);
        a.Forget();
        await b.DisposeAsync();
        await a.Hears(LinkStatus.Refused);
        a.Forget();
        var clock = Stopwatch.StartNew();
        await using var again = TestNode.Start(B);
        await a.Hears(LinkStatus.Connected);
        await a.Reports(report => report.Members.Count == 2 && report.Members.All(member => member.Status == "up"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 4);
    }
}
