using AkkaFailover.Core;
using Xunit;

namespace AkkaFailover.Simulation;

/// <summary>What the judge takes for a path that is broken.</summary>
public class PathTests
{
    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1.5, true)]
    public void A_path_is_out_where_all_frames_are_late_by_a_deadline(double deadlines, bool isOut)
    {
        var world = new World(seed: 1, PairTiming.For(seed: 2, unlike: false), Traits.None);
        foreach (var node in world.Nodes) node.Boot();
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.False(world.Lan.IsOut);
        for (var host = 0; host < 2; host++) world.Lan.Slow(host, world.Timing.Deadline * deadlines);
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(isOut, world.Lan.IsOut);
        world.Lan.Heal();
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.False(world.Lan.IsOut);
    }

    [Fact]
    public void A_frame_that_comes_after_a_later_one_tells_nothing()
    {
        var (first, second, third) = (new Moment(1), new Moment(2), new Moment(3));
        var silence = new Silence();
        silence.Misses(first);
        silence.Misses(second);
        Assert.Equal(first, silence.Since);
        silence.Hears(second);
        Assert.Null(silence.Since);
        silence.Misses(third);
        silence.Hears(first);
        Assert.Equal(third, silence.Since);
    }
}
