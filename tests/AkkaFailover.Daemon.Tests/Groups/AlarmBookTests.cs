using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

public sealed class AlarmBookTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly AlarmBook _book = new();

    [Fact]
    public void An_alarm_is_news_once()
    {
        Assert.True(_book.Raise(new RaiseAlarm(AlarmKind.Storage, "full"), "facts", Now));
        Assert.False(_book.Raise(new RaiseAlarm(AlarmKind.Storage, "still full"), "facts", Now.AddSeconds(1)));
        Assert.Equal([new Alarm(AlarmKind.Storage, "still full", Now)], _book.All);
        Assert.True(_book.Clear(AlarmKind.Storage, "facts"));
        Assert.Empty(_book.All);
        Assert.False(_book.Clear(AlarmKind.Storage, "facts"));
    }

    [Fact]
    public void What_two_have_raised_is_over_when_both_have_cleared_it()
    {
        Assert.True(_book.Raise(new RaiseAlarm(AlarmKind.Storage, "facts cannot be written"), "facts", Now));
        Assert.False(_book.Raise(new RaiseAlarm(AlarmKind.Storage, "journal cannot be written"), "replica", Now));
        Assert.False(_book.Clear(AlarmKind.Storage, "facts"));
        Assert.Equal("journal cannot be written", Assert.Single(_book.All).Text);
        Assert.False(_book.Clear(AlarmKind.Storage, "vip"));
        Assert.True(_book.Clear(AlarmKind.Storage, "replica"));
    }
}
