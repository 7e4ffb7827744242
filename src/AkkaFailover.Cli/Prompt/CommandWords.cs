using System.Text;

namespace AkkaFailover.Cli.Prompt;

/// <summary>Words of a typed line: apart by spaces, kept together by single or double quotes; a backslash takes the next letter as it is, but not in single quotes.</summary>
internal static class CommandWords
{
    /// <summary>Splits a line; a quote that is not closed ends with the line.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, begun) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (letter == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                begun = true;
            }
            else if (quote == '\0' && letter is '\'' or '"')
            {
                (quote, begun) = (letter, true);
            }
            else if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && letter == ' ')
            {
                if (begun) words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
            else
            {
                word.Append(letter);
                begun = true;
            }
        }
        if (begun) words.Add(word.ToString());
        return words;
    }
}
