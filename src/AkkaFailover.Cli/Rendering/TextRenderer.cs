using System.Text;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Rendering;

/// <summary>Lays out what the daemon presents: aligned columns, titles, and colours where they are wanted.</summary>
internal static class TextRenderer
{
    private const string Gap = "  ";
    private const string Bold = "\e[1m";
    private const string Reset = "\e[0m";

    /// <summary>Text with a newline at its end; parts with a title are set off by an empty line.</summary>
    public static string Render(IReadOnlyList<ViewPart> parts, bool colours)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Title is not null && text.Length > 0) text.Append('\n');
            if (part.Title is { Length: > 0 } title) text.Append(colours ? $"{Bold}{Clean(title)}{Reset}" : Clean(title)).Append('\n');
            switch (part)
            {
                case LinesView lines:
                    foreach (var line in lines.Lines.SelectMany(cell => cell.Text.Split('\n').Select(line => cell with { Text = line })))
                        text.Append(Paint(line, 0, colours)).Append('\n');
                    break;
                case PairsView pairs:
                    AppendRows(text, [.. pairs.Pairs.Select(pair => (IReadOnlyList<Cell>)[$"  {pair.Name}", pair.Value])], colours);
                    break;
                case TableView { Rows.Count: 0 } table:
                    text.Append(Paint(new Cell(table.Empty, Tone.Dim), 0, colours)).Append('\n');
                    break;
                case TableView table:
                    AppendRows(text, [[.. table.Columns.Select(column => new Cell(column, Tone.Dim))], .. table.Rows], colours);
                    break;
            }
        }
        return text.ToString();
    }

    private static void AppendRows(StringBuilder text, IReadOnlyList<IReadOnlyList<Cell>> rows, bool colours)
    {
        var widths = Enumerable.Range(0, rows.Max(row => row.Count))
            .Select(column => rows.Max(row => column < row.Count ? Clean(row[column].Text).Length : 0))
            .ToList();
        foreach (var row in rows)
        {
            // Spaces at the end of a line serve nobody.
            var last = row.Count - 1;
            while (last > 0 && row[last].Text.Length == 0) last--;
            for (var column = 0; column <= last; column++)
                text.Append(column == 0 ? "" : Gap).Append(Paint(row[column], column == last ? 0 : widths[column], colours));
            text.Append('\n');
        }
    }

    private static string Paint(Cell cell, int width, bool colours)
    {
        var padded = Clean(cell.Text).PadRight(width);
        return colours && Colour(cell.Tone) is { } colour ? $"{colour}{padded}{Reset}" : padded;
    }

    /// <summary>Keys and other nodes' words must not steer the terminal.</summary>
    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)) : text;

    private static string? Colour(Tone tone) => tone switch
    {
        Tone.Good => "\e[32m",
        Tone.Warn => "\e[33m",
        Tone.Bad => "\e[31m",
        Tone.Dim => "\e[2m",
        _ => null,
    };
}
