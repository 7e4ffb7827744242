using System.Text.RegularExpressions;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Alarms that have begun and not ended, by kind.</summary>
public sealed partial class AlarmBook
{
    private readonly SortedDictionary<AlarmKind, OrderedDictionary<string, Alarm>> _alarms = [];

    /// <summary>All of them, in the order of their kinds; where several see the same, as the first of them put it.</summary>
    public IReadOnlyList<Alarm> All => [.. _alarms.Values.Select(held => held.GetAt(0).Value)];

    /// <summary>Begins an alarm or changes its text.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="by">Who raises it: an alarm that several raised is over when each of them has cleared it.</param>
    /// <param name="now">Now.</param>
    /// <returns>Whether there is something new to say.</returns>
    public bool Raise(RaiseAlarm alarm, string by, DateTimeOffset now)
    {
        if (!_alarms.TryGetValue(alarm.Kind, out var held)) _alarms[alarm.Kind] = held = [];
        var isNew = held.Count == 0;
        held[by] = new Alarm(alarm.Kind, alarm.Text, held.TryGetValue(by, out var known) ? known.Since : now);
        return isNew;
    }

    /// <summary>Ends an alarm.</summary>
    /// <returns>Whether it was there, and nobody raises it any more.</returns>
    public bool Clear(AlarmKind kind, string by) =>
        _alarms.TryGetValue(kind, out var held) && held.Remove(by) && held.Count == 0 && _alarms.Remove(kind);

    /// <summary>The kind in kebab case, as status writes it.</summary>
    public static string Word(AlarmKind kind) => Hump().Replace(kind.ToString(), "-$1").ToLowerInvariant();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Hump();
}
