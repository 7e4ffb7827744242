using System.Text;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>
/// What Akka's parser needs before it reads a text. It passes over a missing or superfluous bracket in silence, and what
/// follows is lost; it takes no comma behind a closed object, which is good HOCON; and in a list it stays for ever, and takes
/// all memory, at a character that no word may have without quotes.
/// </summary>
internal sealed class HoconStructure
{
    private const string TripleQuote = "\"\"\"";

    // https://github.com/lightbend/config/blob/main/HOCON.md, unquoted strings: without those that the parser itself refuses, or takes.
    private const string NeverUnquoted = "`^?!@*&\\$";

    private readonly string _text;
    private readonly StringBuilder _parseable;
    private readonly Stack<(char Bracket, int Line)> _open = new();
    private int _line = 1;
    private bool _behindObject;

    private HoconStructure(string text)
    {
        _text = text;
        _parseable = new StringBuilder(text);
        Error = Scan();
        Parseable = _parseable.ToString();
    }

    /// <summary>The first place where the structure breaks, with its 1-based line.</summary>
    public readonly record struct StructureError(int Line, string Problem);

    /// <summary>The first quote or bracket that is not closed by its own kind; null where there is none.</summary>
    public StructureError? Error { get; }

    /// <summary>The text as Akka's parser takes it: a comma between an object and the next key is a new line.</summary>
    public string Parseable { get; }

    /// <summary>Looks at a text.</summary>
    public static HoconStructure Of(string text) => new(text);

    private bool InList => _open.TryPeek(out var around) && around.Bracket == '[';

    private StructureError? Scan()
    {
        for (var i = 0; i < _text.Length; i++)
        {
            var c = _text[i];
            if (c == '#' || At(i, "//"))
            {
                i = EndOfLine(i) - 1;
                continue;
            }
            if (c == '"')
            {
                var end = EndOfString(i);
                if (end < 0) return new(_line, "the quoted text that begins here has no closing quote");
                _line += _text.AsSpan(i, end - i).Count('\n');
                i = end - 1;
            }
            if (c == ',' && _behindObject && !InList) _parseable[i] = '\n';
            if (InList && NeverUnquoted.Contains(c) && !At(i, "${")) return new(_line, $"'{c}' stands in a list without quotes: put the whole word in double quotes");
            if (c == '\n') _line++;
            if (Bracket(c) is { } error) return error;
            if (!char.IsWhiteSpace(c)) _behindObject = c == '}';
        }
        return _open.TryPop(out var unclosed) ? new(unclosed.Line, $"the '{unclosed.Bracket}' of this line is never closed") : null;
    }

    private StructureError? Bracket(char c)
    {
        if (c is '{' or '[') _open.Push((c, _line));
        if (c is not ('}' or ']')) return null;
        if (!_open.TryPop(out var opened)) return new(_line, $"this '{c}' closes nothing");
        return opened.Bracket == (c == '}' ? '{' : '[') ? null : new(_line, $"this '{c}' does not close the '{opened.Bracket}' of line {opened.Line}");
    }

    private bool At(int index, string word) => string.CompareOrdinal(_text, index, word, 0, word.Length) == 0;

    private int EndOfLine(int from)
    {
        var end = _text.IndexOf('\n', from);
        return end < 0 ? _text.Length : end;
    }

    /// <summary>The index behind the closing quote; -1 where there is none. A single-quoted text ends with its line.</summary>
    private int EndOfString(int start)
    {
        if (At(start, TripleQuote))
        {
            var close = _text.IndexOf(TripleQuote, start + TripleQuote.Length, StringComparison.Ordinal);
            return close < 0 ? -1 : close + TripleQuote.Length;
        }
        for (var i = start + 1; i < _text.Length && _text[i] != '\n'; i++)
        {
            if (_text[i] == '\\' && !At(i + 1, "\n")) i++;
            else if (_text[i] == '"') return i + 1;
        }
        return -1;
    }
}
