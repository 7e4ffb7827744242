using AkkaFailover.Core.Status;
using Xunit;

namespace AkkaFailover.Core.Tests.Status;

public sealed class GroupFactsTests
{
    [Fact]
    public void A_part_that_does_not_answer_is_an_alarm_and_its_role_is_unknown()
    {
        var silent = new GroupFacts("vpn", ["192.0.2.222/24"], ["b"], "none", Election: null, Vip: null, Replica: null, Service: null).ToStatus();

        Assert.Equal("unknown", silent.Role);
        Assert.False(silent.Eligible);
        Assert.Equal("unknown", Assert.Single(silent.Peers).Role);
        Assert.NotEmpty(silent.Alarms);
    }
}
