using System.Text;

namespace AkkaFailover.Linux.Programs;

/// <summary>Splits the output of a program into lines of a bounded length, whatever it writes.</summary>
internal static class OutputLines
{
    /// <summary>Longer lines are cut here, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>Reads until the end; empty lines are left out, control characters become spaces.</summary>
    public static async Task Read(TextReader reader, Action<string> line)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        for (int length; (length = await ReadSome(reader, buffer).ConfigureAwait(false)) > 0;)
        {
            foreach (var c in buffer.AsSpan(0, length))
            {
                if (c == '\n') Flush(text, line);
                else if (text.Length < MaxLength) text.Append(char.IsControl(c) ? ' ' : c);
                else if (text.Length == MaxLength) text.Append('…');
            }
        }
        Flush(text, line);
    }

    /// <summary>A pipe that breaks is one that ends.</summary>
    private static async ValueTask<int> ReadSome(TextReader reader, Memory<char> buffer)
    {
        try
        {
            return await reader.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private static void Flush(StringBuilder text, Action<string> line)
    {
        var whole = text.ToString().Trim();
        text.Clear();
        if (whole.Length > 0) line(whole);
    }
}
