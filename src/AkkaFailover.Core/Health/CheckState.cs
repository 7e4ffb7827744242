using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Status;

namespace AkkaFailover.Core.Health;

/// <summary>What the answers of a check amount to; the words of status are these names in lower case.</summary>
public enum CheckStatus
{
    /// <summary>Not enough answers yet.</summary>
    Unknown,

    /// <summary>It has risen.</summary>
    Up,

    /// <summary>It has fallen.</summary>
    Down,
}

/// <summary>Everything that is known of one check.</summary>
/// <param name="Check">The check.</param>
/// <param name="Status">What its answers amount to.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastGood">The last answer; null before the first.</param>
/// <param name="InARow">How many answers in a row were like the last one.</param>
/// <param name="Reason">What the last answer said.</param>
/// <param name="LastAt">When the last try began; null before the first answer.</param>
/// <param name="LastDuration">How long it took.</param>
/// <param name="Try">Number of the try under way or of the last one.</param>
/// <param name="TryingSince">Since when a try is under way; null where none is.</param>
/// <param name="Due">When the next try begins.</param>
public sealed record CheckState(
    HealthCheckSettings Check,
    CheckStatus Status,
    Moment Since,
    bool? LastGood,
    int InARow,
    string Reason,
    Moment? LastAt,
    TimeSpan LastDuration,
    long Try,
    Moment? TryingSince,
    Moment Due)
{
    /// <summary>Before its first answer; the first try is due at once.</summary>
    public static CheckState Initial(HealthCheckSettings check, Moment now, long lastTry) =>
        new(check, CheckStatus.Unknown, now, null, 0, "", null, TimeSpan.Zero, lastTry, null, now);

    /// <summary>In one line, as whoever looks for a cause wants it.</summary>
    public string Sentence => LastGood is null
        ? $"check {Check.Name}: not answered yet"
        : $"check {Check.Name}: {Reason} ({InARow} in a row)";

    /// <summary>As commands show it.</summary>
    public CheckReport Report(Moment now) => new(
        Check.Name, Check.Type, Word(Check.On), Status.ToString().ToLowerInvariant(), LastGood,
        LastAt is { } at ? (now - at).TotalSeconds : null, LastAt is null ? null : LastDuration.TotalSeconds, (now - Since).TotalSeconds, InARow, Reason);

    /// <summary>A check that does not run now, as commands show it.</summary>
    public static CheckReport Idle(HealthCheckSettings check) => new(check.Name, check.Type, Word(check.On), "idle", null, null, null, null, 0, "");

    private static string Word(CheckPlace place) => place.ToString().ToLowerInvariant();

    /// <summary>When something is to be done: the next try, or the end of the time of the present one.</summary>
    public Moment Wake => TryingSince is { } since ? since + Check.Timeout : Due;
}

/// <summary>What all checks together say.</summary>
/// <param name="Fallen">Of the first that is down; empty where none is.</param>
/// <param name="Missing">Of the first that is not up; empty where all are.</param>
public sealed record HealthVerdict(string Fallen, string Missing)
{
    /// <summary>Nothing is wrong; also what holds where there are no checks.</summary>
    public static readonly HealthVerdict Good = new("", "");

    /// <summary>Whether every check is up.</summary>
    public bool AllUp => Missing.Length == 0;

    /// <summary>Of some checks.</summary>
    public static HealthVerdict Of(IReadOnlyList<CheckState> checks) => new(
        checks.FirstOrDefault(check => check.Status == CheckStatus.Down)?.Sentence ?? "",
        checks.FirstOrDefault(check => check.Status != CheckStatus.Up)?.Sentence ?? "");
}
