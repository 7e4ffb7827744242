using AkkaFailover.Core.Announcements;
using Xunit;

namespace AkkaFailover.Core.Tests.Announcements;

public class AnnouncementScheduleTests
{
    private static readonly Moment Start = new(5_000_000_000);

    [Fact]
    public void It_announces_at_once_after_100_ms_and_after_1_3_and_10_s()
    {
        var schedule = AnnouncementSchedule.Begin(Start);
        var moments = new List<double>();
        while (schedule.Next != Moment.Never)
        {
            moments.Add((schedule.Next - Start).TotalMilliseconds);
            schedule = schedule.Announced(schedule.Next);
        }
        Assert.Equal([0, 100, 1000, 3000, 10_000], moments);
    }

    [Fact]
    public void An_answer_brings_the_next_one_within_200_ms_and_takes_none_off_the_plan()
    {
        var now = Start + TimeSpan.FromMilliseconds(1500);
        var schedule = Announced(AnnouncementSchedule.Begin(Start), Start, Start + TimeSpan.FromMilliseconds(100), Start + TimeSpan.FromSeconds(1));
        schedule = schedule.Answered(now, toAll: false);
        Assert.Equal(now + TimeSpan.FromMilliseconds(200), schedule.Next);
        schedule = schedule.Announced(schedule.Next);
        Assert.Equal(Start + TimeSpan.FromSeconds(3), schedule.Next);
    }

    [Fact]
    public void Many_answers_before_one_announcement_count_once()
    {
        var schedule = Finished();
        for (var i = 0; i < 100; i++) schedule = schedule.Answered(Start + TimeSpan.FromSeconds(20), toAll: true);
        Assert.Equal(1, schedule.Repeats);
        Assert.False(schedule.IsContested);
    }

    [Fact]
    public void A_station_that_does_not_give_way_is_an_alarm_and_is_answered_slowly()
    {
        var schedule = Finished();
        var now = Start + TimeSpan.FromSeconds(20);
        for (var i = 0; i < AnnouncementSchedule.QuickRepeats; i++)
        {
            schedule = schedule.Answered(now, toAll: false);
            now = schedule.Next;
            schedule = schedule.Announced(now);
        }
        Assert.True(schedule.IsContested);
        Assert.Equal(now + TimeSpan.FromSeconds(2), schedule.Answered(now, toAll: false).Next);
        Assert.False(schedule.Settled().IsContested);
    }

    [Fact]
    public void One_that_tells_everybody_is_answered_within_200_ms_for_as_long_as_it_does()
    {
        var schedule = Finished();
        var now = Start + TimeSpan.FromSeconds(20);
        for (var i = 0; i < 10 * AnnouncementSchedule.QuickRepeats; i++)
        {
            schedule = schedule.Answered(now, toAll: true);
            Assert.Equal(now + TimeSpan.FromMilliseconds(200), schedule.Next);
            schedule = schedule.Announced(schedule.Next);
            now += TimeSpan.FromSeconds(1);
        }
    }

    private static AnnouncementSchedule Finished() => Announced(AnnouncementSchedule.Begin(Start), Start + TimeSpan.FromSeconds(11));

    private static AnnouncementSchedule Announced(AnnouncementSchedule schedule, params Moment[] moments) =>
        moments.Aggregate(schedule, (s, moment) => s.Announced(moment));
}
