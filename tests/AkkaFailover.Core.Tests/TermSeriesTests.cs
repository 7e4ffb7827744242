using Xunit;

namespace AkkaFailover.Core.Tests;

public class TermSeriesTests
{
    [Theory]
    [InlineData("a", "b", 0u, 2u)]
    [InlineData("b", "a", 0u, 1u)]
    [InlineData("a", "b", 7u, 8u)]
    [InlineData("b", "a", 7u, 9u)]
    public void The_next_term_is_the_smallest_own_one_above(string node, string peer, uint seen, uint next)
    {
        var series = TermSeries.For(NodeName.Parse(node), [NodeName.Parse(peer)]);
        Assert.Equal(new Term(next), series.NextAbove(new Term(seen)));
        Assert.True(series.Owns(new Term(next)));
    }
}
