using AkkaFailover.Core.Cluster;
using Xunit;

namespace AkkaFailover.Core.Tests.Cluster;

public sealed class MembershipRuleTests
{
    private static readonly Membership None = new(false, false);
    private static readonly Membership Alone = new(true, false);
    private static readonly Membership Together = new(true, true);

    [Fact]
    public void Of_two_outsiders_only_the_first_forms_a_cluster()
    {
        Assert.Equal(MembershipStep.Form, Next(None, None, first: true));
        Assert.Equal(MembershipStep.None, Next(None, None, first: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_outsider_joins_a_member_whoever_is_first(bool first)
    {
        Assert.Equal(MembershipStep.JoinOther, Next(None, Alone, first));
        Assert.Equal(MembershipStep.None, Next(Alone, None, first));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Members_of_one_cluster_do_nothing(bool first)
    {
        Assert.Equal(MembershipStep.None, Next(Together, Together, first));
        Assert.Equal(MembershipStep.None, Next(Together, Alone, first));
        Assert.Equal(MembershipStep.None, Next(Alone, Together, first));
    }

    [Theory]
    [InlineData(true, false, false, false)]
    [InlineData(false, false, false, true)]
    [InlineData(true, false, true, true)]
    [InlineData(false, true, false, false)]
    [InlineData(true, true, true, false)]
    [InlineData(false, true, true, false)]
    public void Of_two_islands_the_idle_one_yields_and_of_two_idle_ones_the_second(bool first, bool ownBusy, bool otherBusy, bool yields) =>
        Assert.Equal(yields ? MembershipStep.Yield : MembershipStep.None, MembershipRule.Next(Alone, Alone, first, ownBusy, otherBusy));

    [Fact]
    public void Never_do_both_nodes_yield()
    {
        foreach (var (busyA, busyB) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            var a = MembershipRule.Next(Alone, Alone, first: true, busyA, busyB);
            var b = MembershipRule.Next(Alone, Alone, first: false, busyB, busyA);
            Assert.False(a == MembershipStep.Yield && b == MembershipStep.Yield);
        }
    }

    private static MembershipStep Next(Membership own, Membership other, bool first) => MembershipRule.Next(own, other, first, ownBusy: false, otherBusy: false);
}
