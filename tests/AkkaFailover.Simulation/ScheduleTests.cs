using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Simulation;

/// <summary>Random stories; <c>scripts/sim.sh</c> runs more of them, and tells a single one.</summary>
public class ScheduleTests(ITestOutputHelper output)
{
    private const int FewestEvents = 200;

    [Fact]
    public void Faults_never_make_two_holders_and_end_with_one() => Search(100_000, unlike: false);

    [Fact]
    public void Nor_where_the_nodes_have_unlike_timings_or_fast_ones() => Search(20_000, unlike: true);

    [Fact]
    public void A_seed_tells_the_same_story_again_and_one_that_nobody_reads_ends_the_same()
    {
        var (told, again, silent) = (Tell(tells: true), Tell(tells: true), Tell(tells: false));
        Assert.Equal(told.Story, again.Story);
        Assert.Empty(silent.Story);
        Assert.Equal((told.Events, told.Now), (silent.Events, silent.Now));

        static World Tell(bool tells) => Schedule.Run(seed: 7, unlike: false, tells);
    }

    private void Search(int count, bool unlike)
    {
        var search = new Search(first: 1, count, unlike);
        search.Run();
        if (search.Violations is [var seed, ..]) Schedule.Run(seed, unlike, tells: true);
        Assert.Empty(search.Violations);
        Assert.Equal(count, search.Schedules);
        Assert.True(search.FewestEvents >= FewestEvents, $"a schedule of {search.FewestEvents} events says little");
        output.WriteLine($"{search.Schedules} schedules, {search.Events} events, at least {search.FewestEvents} each, {search.Elapsed.TotalSeconds:0} s");
    }
}
