using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public sealed class ReplicaRulesTests
{
    [Fact]
    public void A_range_of_any_length_is_spread_over_no_more_marks_than_a_message_may_have()
    {
        for (var length = 0L; length < 3000; length++)
        {
            var versions = ReplicaRules.Spread(7, 6 + length).ToList();
            Assert.InRange(versions.Count, Math.Min(length, 2), ReplicaRules.MaxMarks);
            Assert.Equal(versions.Order().Distinct(), versions);
            if (length == 0) continue;
            Assert.Equal(7, versions[0]);
            Assert.Equal(6 + length, versions[^1]);
        }
    }
}
