using AkkaFailover.Core.Stalls;
using Xunit;

namespace AkkaFailover.Core.Tests.Stalls;

public sealed class StallTests
{
    [Theory]
    [InlineData(100, 60, 10, "100 ms: a collection of the runtime (60 ms)")]
    [InlineData(100, 10, 50, "100 ms: no processor was free (50 ms)")]
    [InlineData(100, 30, 30, "100 ms: a collection of the runtime (30 ms), and no processor was free (30 ms)")]
    [InlineData(8_000, 3, 20, "8000 ms: the process was stopped, or the machine stood still")]
    public void The_cause_is_what_makes_up_half_of_it(int length, int collecting, int starving, string text) =>
        Assert.Equal(text, new Stall(Moment.Zero, Ms(length), Ms(collecting), Ms(starving)).ToString());

    [Fact]
    public void Every_stall_has_a_bucket()
    {
        Assert.Equal(Stall.Bounds.Order(), Stall.Bounds);
        Assert.True(Stall.Bounds[0] > Stall.Shortest.TotalMilliseconds);
        Assert.True(double.IsPositiveInfinity(Stall.Bounds[^1]));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
