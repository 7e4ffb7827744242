using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>An alarm that follows a counter: it begins when the counter moves, and ends when it has stood still for a minute.</summary>
internal sealed class QuietingAlarm(AlarmKind kind)
{
    /// <summary>How long nothing must have happened.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long _count;
    private Moment? _last;

    /// <summary>Looks at the counter; called about once a second, which bounds how often the alarm is raised anew.</summary>
    /// <returns>What the election has to be told; null for nothing.</returns>
    public ElectionEffect? Look(long count, Func<string> text, Moment now)
    {
        if (count > _count)
        {
            _count = count;
            _last = now;
            return new RaiseAlarm(kind, text());
        }
        if (_last is not { } last || now - last < Quiet) return null;
        _last = null;
        return new ClearAlarm(kind);
    }
}
