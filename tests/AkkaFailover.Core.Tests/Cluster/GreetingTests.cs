using System.Net;
using System.Text;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Cluster;

public sealed class GreetingTests
{
    private static readonly GroupGreeting Group = new(
        GroupName.Parse("vpn"),
        new HeartbeatTiming(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600)),
        ["192.0.2.222/24", "2001:db8::5/64"],
        Vhid: 1,
        KeyFingerprint.Of(Passphrase("secret")),
        new LanStation(IPAddress.Loopback, new MacAddress(1)));

    [Fact]
    public void Equal_groups_differ_in_nothing_whatever_the_order_of_addresses_and_the_station() =>
        Assert.Empty(Compare(Group with { Addresses = [.. Group.Addresses.Reverse()], Lan = null }));

    [Fact]
    public void A_missing_group_is_one_difference() =>
        Assert.Equal([GreetingDifferenceKind.GroupMissing], Compare(Group with { Name = GroupName.Parse("other") }));

    [Fact]
    public void Every_field_that_matters_has_a_difference_of_its_own()
    {
        Assert.Equal([GreetingDifferenceKind.Addresses], Compare(Group with { Addresses = ["192.0.2.222/25", "2001:db8::5/64"] }));
        Assert.Equal([GreetingDifferenceKind.Vhid], Compare(Group with { Vhid = 2 }));
        Assert.Equal([GreetingDifferenceKind.Passphrase], Compare(Group with { Key = KeyFingerprint.Of(Passphrase("Secret")) }));
        Assert.Equal([GreetingDifferenceKind.Interval], Compare(Group with { Timing = Group.Timing with { Interval = TimeSpan.FromSeconds(1) } }));
        Assert.Equal([GreetingDifferenceKind.Deadline], Compare(Group with { Timing = Group.Timing with { Deadline = TimeSpan.FromSeconds(1) } }));
    }

    [Fact]
    public void A_difference_names_both_values_and_the_peer()
    {
        var text = GreetingComparison.Compare(Group, Peer(Group with { Vhid = 7 }))[0].Text;
        Assert.Equal("carp.vhid: 1 here, 7 on b; make them equal", text);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(2, 5, 1, 3, 3)]
    [InlineData(1, 1, 2, 3, null)]
    [InlineData(4, 5, 2, 3, null)]
    public void The_newest_common_version_is_agreed_on(int min, int max, int otherMin, int otherMax, int? agreed)
    {
        Assert.Equal(agreed, new ProtocolRange(min, max).Agree(new ProtocolRange(otherMin, otherMax)));
        Assert.Equal(agreed, new ProtocolRange(otherMin, otherMax).Agree(new ProtocolRange(min, max)));
    }

    private static IEnumerable<GreetingDifferenceKind> Compare(GroupGreeting other) =>
        GreetingComparison.Compare(Group, Peer(other)).Select(difference => difference.Kind);

    private static Greeting Peer(GroupGreeting group) => new(ProtocolRange.Own, NodeName.Parse("b"), "1", [group]);

    private static Secret Passphrase(string text) => new(Encoding.UTF8.GetBytes(text));
}
