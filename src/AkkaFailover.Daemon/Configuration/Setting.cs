using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Configuration.Hocon;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>
/// One key with what stands there. The readers below never throw: a value that does not fit becomes an error, and the
/// reader returns a placeholder that no settings are ever built of.
/// </summary>
internal sealed class Setting
{
    private readonly HoconValue? _value;
    private readonly bool _secret;
    private readonly Findings _findings;
    private bool _unreadable;

    public Setting(string path, HoconValue? value, ValueOrigin origin, bool secret, Findings findings)
    {
        Path = path;
        Origin = origin;
        _value = value;
        _secret = secret;
        _findings = findings;
    }

    /// <summary>The key's full path in the source that decides.</summary>
    public string Path { get; }

    /// <summary>The source that decides.</summary>
    public ValueOrigin Origin { get; }

    /// <summary>Whether the administrator wrote the key.</summary>
    public bool IsInFile => Origin == ValueOrigin.File;

    /// <summary>The value as people may see it.</summary>
    public string Shown
    {
        get
        {
            if (_value is null || _value.IsObject()) return "";
            var text = IsList ? $"[{string.Join(", ", Words().Select(word => $"\"{word}\""))}]" : Raw();
            return _secret && text.Length > 0 ? "(secret)" : text;
        }
    }

    private bool IsList => _value is not null && _value.Values.Any(element => element is HoconArray);

    /// <summary>Adds an error about this key; what cannot be read at all has its error already, and gets no second one.</summary>
    public void Error(string problem, string mend)
    {
        if (!_unreadable) _findings.Error(Path, Shown, problem, mend);
    }

    /// <summary>Adds a warning about this key.</summary>
    public void Warning(string problem, string mend) => _findings.Warning(Path, Shown, problem, mend);

    /// <summary>A text; empty where nothing stands there.</summary>
    public string Text() => TrySingle(out var text) ? text : "";

    /// <summary>A text that must be there.</summary>
    /// <param name="example">A value as it could be, for the mend.</param>
    public string Required(string example)
    {
        if (TrySingle(out var text) && text.Length == 0) Unreadable("required, but missing or empty", $"write {Name} = {example}");
        return text;
    }

    /// <summary>A whole number within bounds.</summary>
    public int Int(int least, int most)
    {
        if (!TrySingle(out var text)) return least;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Unreadable("not a whole number within its bounds", $"write a whole number from {least} to {most}");
        return least;
    }

    /// <summary>A duration within bounds; a number without a unit counts milliseconds, as in all HOCON.</summary>
    public TimeSpan Duration(TimeSpan least, TimeSpan most)
    {
        if (!TrySingle(out _)) return least;
        try
        {
            if (_value is not null && _value.GetTimeSpan(allowInfinite: false) is var duration && duration >= least && duration <= most) return duration;
        }
        // The parser's way to say that the text is no duration, or one that is too long for a TimeSpan.
        catch (Exception e) when (e is FormatException or OverflowException)
        {
        }
        Unreadable("not a duration within its bounds", $"write a number and a unit (ms, s, m, h, d), from {Brief(least)} to {Brief(most)}");
        return least;
    }

    /// <summary>A switch: on or off (true and false, yes and no are taken too).</summary>
    public bool Switch()
    {
        if (!TrySingle(out var text)) return false;
        switch (text)
        {
            case "on" or "true" or "yes": return true;
            case "off" or "false" or "no": return false;
        }
        Unreadable("not a switch", "write on or off");
        return false;
    }

    /// <summary>One of several words.</summary>
    public T Choice<T>(params (string Word, T Value)[] choices)
    {
        if (!TrySingle(out var text)) return choices[0].Value;
        foreach (var (word, value) in choices)
            if (word == text) return value;
        var words = choices.Select(choice => choice.Word).ToList();
        Unreadable("not one of the words that are known here", Suggestion.Nearest(text, words) is { } meant ? $"did you mean '{meant}'?" : $"write one of: {string.Join(", ", words)}");
        return choices[0].Value;
    }

    /// <summary>A list of texts; empty where nothing stands there.</summary>
    public IReadOnlyList<string> List(int most = 64)
    {
        if (!IsList)
        {
            if (TrySingle(out var text) && text.Length > 0) Unreadable("a list belongs here, even of one", $"write {Name} = [\"{Raw()}\"]");
            return [];
        }
        var words = Words();
        if (words.Count > most) Error($"{words.Count} elements", $"write {most} at most");
        if (words.Any(word => word.Length == 0)) Error("an element is empty, or is not a single value", "write each element as one quoted text");
        return words;
    }

    /// <summary>An absolute path.</summary>
    public string AbsolutePath()
    {
        var path = Required("\"/…\"");
        if (path.Length > 0 && !System.IO.Path.IsPathFullyQualified(path)) Error("not an absolute path", $"write the whole path, beginning with '/': \"/…/{path}\"");
        return path;
    }

    /// <summary>An IPv4 address; null where nothing stands there.</summary>
    public IPAddress? IPv4()
    {
        var text = Text();
        if (text.Length == 0) return null;
        if (ParseAddress(text) is { AddressFamily: AddressFamily.InterNetwork } address) return address;
        Unreadable("not an IPv4 address", "write four numbers with dots, as in 192.0.2.1");
        return null;
    }

    /// <summary>A list of IP addresses of either family.</summary>
    public IReadOnlyList<IPAddress> Addresses(int most)
    {
        var addresses = new List<IPAddress>();
        foreach (var word in List(most))
        {
            if (ParseAddress(word) is { } address) addresses.Add(address);
            else Error($"'{word}' is not an IP address", "write addresses without a prefix length, as in [\"192.0.2.1\"]");
        }
        return addresses;
    }

    private string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The single value; false, with an error, where a list or a section stands instead.</summary>
    private bool TrySingle(out string text)
    {
        var single = !IsList && _value?.IsObject() != true;
        text = single ? Raw() : "";
        if (!single) Unreadable("a single value belongs here, not a list or a section", $"write {Name} = \"…\"");
        return single;
    }

    private void Unreadable(string problem, string mend)
    {
        Error(problem, mend);
        _unreadable = true;
    }

    private string Raw() => _value?.GetString() ?? "";

    private List<string> Words() =>
        [.. _value!.Values.OfType<HoconArray>().SelectMany(array => array).Select(element => element.IsObject() ? "" : element.GetString() ?? "")];

    /// <summary>.NET takes "10.1" for 10.0.0.1, which nobody means who writes it into a configuration.</summary>
    private static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address) && (address.AddressFamily != AddressFamily.InterNetwork || text.Count(c => c == '.') == 3) ? address : null;

    private static string Brief(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1000 and > 0 } => $"{duration.TotalMilliseconds:0.###}ms",
        { TotalMinutes: < 1 } => $"{duration.TotalSeconds:0.###}s",
        _ => $"{duration.TotalMinutes:0.###}m",
    };
}
