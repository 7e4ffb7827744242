using System.Text.RegularExpressions;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Alarms that have begun and not ended, by kind.</summary>
public sealed partial class AlarmBook
{
    private readonly SortedDictionary<AlarmKind, Alarm> _alarms = [];

    /// <summary>All of them, in the order of their kinds.</summary>
    public IReadOnlyList<Alarm> All => [.. _alarms.Values];

    /// <summary>Begins an alarm or changes its text.</summary>
    /// <returns>Whether there is something new to say.</returns>
    public bool Raise(RaiseAlarm alarm, DateTimeOffset now)
    {
        if (_alarms.TryGetValue(alarm.Kind, out var known))
        {
            _alarms[alarm.Kind] = known with { Text = alarm.Text };
            return false;
        }
        _alarms[alarm.Kind] = new Alarm(alarm.Kind, alarm.Text, now);
        return true;
    }

    /// <summary>Ends an alarm.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Clear(AlarmKind kind) => _alarms.Remove(kind);

    /// <summary>The kind in kebab case, as status writes it.</summary>
    public static string Word(AlarmKind kind) => Hump().Replace(kind.ToString(), "-$1").ToLowerInvariant();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Hump();
}
