using System.Globalization;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Core.Status;

/// <summary>How facts are put to people: short, the same everywhere, with what they mean.</summary>
public static class Wording
{
    /// <summary>Nothing to say.</summary>
    public static readonly Cell None = new("-", Tone.Dim);

    /// <summary>Two units at most: 0.35s, 42s, 12m03s, 3h12m, 3d04h.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 10) return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##}s");
        var whole = TimeSpan.FromSeconds(Math.Floor(seconds));
        return whole switch
        {
            { TotalMinutes: < 1 } => $"{whole.Seconds}s",
            { TotalHours: < 1 } => $"{whole.Minutes}m{whole.Seconds:00}s",
            { TotalDays: < 1 } => $"{whole.Hours}h{whole.Minutes:00}m",
            _ => $"{whole.Days}d{whole.Hours:00}h",
        };
    }

    /// <summary>To the millisecond, in the given zone.</summary>
    public static string Time(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A role's word.</summary>
    public static Cell Role(string role) => new(role, role switch
    {
        "active" => Tone.Good,
        "standby" => Tone.Plain,
        "fault" => Tone.Bad,
        "unknown" => Tone.Dim,
        _ => Tone.Warn,
    });

    /// <summary>A service state's word.</summary>
    public static Cell Service(string state) => new(state, state switch
    {
        "running" => Tone.Good,
        "failed" => Tone.Bad,
        "failing" or "preparing" or "stopping" => Tone.Warn,
        "none" => Tone.Dim,
        _ => Tone.Plain,
    });

    /// <summary>The word of a check's state.</summary>
    public static Cell Check(string state) => new(state, state switch
    {
        "up" => Tone.Good,
        "down" => Tone.Bad,
        "idle" => Tone.Dim,
        _ => Tone.Warn,
    });

    /// <summary>A short time, to the tenth of a millisecond.</summary>
    public static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.#} ms");

    /// <summary>An evidence word.</summary>
    public static Cell Evidence(string word) => new(word, word switch
    {
        "ok" => Tone.Good,
        "late" => Tone.Warn,
        "lost" => Tone.Bad,
        _ => Tone.Dim,
    });

    /// <summary>A term; a hyphen for none.</summary>
    public static Cell Term(uint term) => term == 0 ? None : new Cell(term.ToString(CultureInfo.InvariantCulture));

    /// <summary>yes or no, with what it means when it is not so.</summary>
    public static Cell YesNo(bool value, Tone whenNot = Tone.Plain) => value ? new Cell("yes", Tone.Good) : new Cell("no", whenNot);

    /// <summary>A size in bytes with a binary unit.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
    };
}
