using System.Text;

namespace AkkaFailover.Cli.Prompt;

/// <summary>
/// A line with a cursor, history and completion, on a terminal that understands "erase to the end of the line". A line
/// that is wider than the terminal scrolls sideways.
/// </summary>
/// <param name="readKey">The next key.</param>
/// <param name="output">The terminal.</param>
/// <param name="width">Its columns now.</param>
/// <param name="history">Earlier lines, oldest first.</param>
/// <param name="complete">What can follow these words and begins like that one.</param>
internal sealed class LineEditor(
    Func<ConsoleKeyInfo> readKey,
    TextWriter output,
    Func<int> width,
    IReadOnlyList<string> history,
    Func<IReadOnlyList<string>, string, IReadOnlyList<string>> complete)
{
    private readonly StringBuilder _text = new();
    private string _prompt = "";
    private string _draft = "";
    private int _cursor;
    private int _recalled;

    /// <summary>Reads a line; null at Ctrl-D on an empty one.</summary>
    public string? ReadLine(string prompt)
    {
        _prompt = prompt;
        _recalled = history.Count;
        Replace("");
        while (true)
        {
            Draw();
            var key = readKey();
            if (key.Key == ConsoleKey.Enter)
            {
                output.WriteLine();
                return _text.ToString();
            }
            if (IsControl(key, ConsoleKey.D) && _text.Length == 0)
            {
                output.WriteLine();
                return null;
            }
            Apply(key);
        }
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) => key.Key == letter && key.Modifiers == ConsoleModifiers.Control;

    private void Apply(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Tab }: Complete(); break;
            case { Key: ConsoleKey.Backspace }: Remove(_cursor - 1, 1); break;
            case { Key: ConsoleKey.Delete }: Remove(_cursor, 1); break;
            case { Key: ConsoleKey.LeftArrow }: _cursor = Math.Max(0, _cursor - 1); break;
            case { Key: ConsoleKey.RightArrow }: _cursor = Math.Min(_text.Length, _cursor + 1); break;
            case { Key: ConsoleKey.Home }: _cursor = 0; break;
            case { Key: ConsoleKey.End }: _cursor = _text.Length; break;
            case { Key: ConsoleKey.UpArrow }: Recall(_recalled - 1); break;
            case { Key: ConsoleKey.DownArrow }: Recall(_recalled + 1); break;
            case { Modifiers: ConsoleModifiers.Control }: ApplyControl(key.Key); break;
            case { KeyChar: >= ' ' and not '\x7f' }: Insert(key.KeyChar.ToString()); break;
        }
    }

    private void ApplyControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.A: _cursor = 0; break;
            case ConsoleKey.E: _cursor = _text.Length; break;
            case ConsoleKey.C: Replace(""); break;
            case ConsoleKey.D: Remove(_cursor, 1); break;
            case ConsoleKey.K: Remove(_cursor, _text.Length - _cursor); break;
            case ConsoleKey.U: Remove(0, _cursor); break;
            case ConsoleKey.W: Remove(WordStart(), _cursor - WordStart()); break;
            case ConsoleKey.P: Recall(_recalled - 1); break;
            case ConsoleKey.N: Recall(_recalled + 1); break;
            case ConsoleKey.L: output.Write("\e[H\e[2J"); break;
        }
    }

    private int WordStart()
    {
        var at = _cursor;
        while (at > 0 && _text[at - 1] == ' ') at--;
        while (at > 0 && _text[at - 1] != ' ') at--;
        return at;
    }

    private void Insert(string text)
    {
        _text.Insert(_cursor, text);
        _cursor += text.Length;
    }

    private void Remove(int at, int count)
    {
        if (at < 0 || at + count > _text.Length) return;
        _text.Remove(at, count);
        _cursor = at;
    }

    private void Replace(string text)
    {
        _text.Clear().Append(text);
        _cursor = text.Length;
    }

    private void Recall(int line)
    {
        if (line < 0 || line > history.Count || line == _recalled) return;
        if (_recalled == history.Count) _draft = _text.ToString();
        _recalled = line;
        Replace(line == history.Count ? _draft : history[line]);
    }

    /// <summary>One candidate is taken; of several, what they have in common, and where that adds nothing, they are listed.</summary>
    private void Complete()
    {
        var words = _text.ToString(0, _cursor).Split(' ');
        var begun = words[^1];
        var candidates = complete([.. words.SkipLast(1).Where(word => word.Length > 0)], begun);
        if (candidates.Count == 0) return;
        var common = candidates.Aggregate(Common);
        var more = candidates.Count == 1 ? common + " " : common;
        if (more.Length > begun.Length) Insert(more[begun.Length..]);
        else output.Write($"\r\e[K{string.Join("  ", candidates)}{Environment.NewLine}");
    }

    private static string Common(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length]) length++;
        return a[..length];
    }

    private void Draw()
    {
        // A terminal that does not know its width says 0.
        var columns = width() is var known and > 0 ? known : 80;
        var room = Math.Max(8, columns - _prompt.Length - 1);
        var first = Math.Max(0, _cursor - room);
        var shown = _text.ToString(first, Math.Min(room, _text.Length - first));
        output.Write($"\r{_prompt}{shown}\e[K\r\e[{_prompt.Length + _cursor - first}C");
        output.Flush();
    }
}
