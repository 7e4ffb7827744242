using System.Net;
using AkkaFailover.Core.Wire;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A stranger tells the LAN that it has the address (ucarp never answers that, keepalived's clients were lost for up to 8 s).</summary>
public sealed class AddressTheftTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    private static readonly Ipv4Address Virtual = Ipv4Address.From(IPAddress.Parse(LabTopology.VirtualAddress));
    private static readonly MacAddress Nobody = new(0x0600_0000_0099);

    private static readonly Dictionary<string, Func<MacAddress, ArpFrame>> Claims = new()
    {
        ["request"] = mac => ArpFrame.Announcement(mac, Virtual),
        ["reply"] = mac => ArpFrame.AnnouncementAsReply(mac, Virtual),
        ["reply about another station"] = mac => ArpFrame.AnnouncementAsReply(Nobody, Virtual) with { SourceMac = mac },
    };

    [Theory]
    [InlineData("request", 1)]
    [InlineData("reply", 1)]
    [InlineData("reply about another station", 1)]
    [InlineData("request", 10)]
    [InlineData("reply", 10)]
    [InlineData("reply about another station", 10)]
    // So many that a station which only answers would have been given up on.
    [InlineData("request", 40)]
    public async Task The_client_reaches_the_active_again_within_a_second_of_each_claim(string form, int seconds)
    {
        await lab.Pair.Settle();
        var (active, stranger) = (lab.Active, lab.Network.Watcher);
        var term = active.Status!.Term;
        var frame = new byte[ArpFrame.Length];
        Claims[form](stranger.Mac).Write(frame);
        using var tap = new LanTap(stranger);
        lab.Observer.Reset();
        var claims = new List<Moment>();
        using (var each = new PeriodicTimer(TimeSpan.FromSeconds(1)))
        {
            do
            {
                claims.Add(LabClock.Now);
                tap.Send(frame);
            }
            while (await each.WaitForNextTickAsync() && claims.Count < seconds);
        }
        await lab.Pair.Expect(() => lab.Observer.ClientHeard(active.Host.Mac, LabClock.Now - TimeSpan.FromMilliseconds(50)), TimeSpan.FromSeconds(5), "the client reaches the active");

        var record = lab.Observer.Snapshot();
        var longest = Outage.LongestGap(record.Pings, record.From, record.To);
        output.WriteLine($"{form}, {seconds} of them: at most {longest.TotalMilliseconds:0} ms without an answer");
        Assert.Equal([active.Host.Name], Holdings.Of(record.Changes, record.To).Select(holding => holding.Host));
        Assert.Equal(term, active.Status!.Term);
        // Shorter, and the claim has not reached the client: then nothing was tested.
        Assert.InRange(longest, TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(1));
        await lab.Pair.Expect(() => active.Status!.AlarmText.Contains("address-conflict", StringComparison.Ordinal), TimeSpan.FromSeconds(3), "the alarm address-conflict");
        Assert.Contains("find that station", active.Status!.AlarmText, StringComparison.Ordinal);
    }
}
