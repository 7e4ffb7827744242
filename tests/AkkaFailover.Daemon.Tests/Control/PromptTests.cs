using AkkaFailover.Cli.Prompt;
using AkkaFailover.Cli.Rendering;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Control;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>The prompt's parts: keys, words, completion, and what reaches the terminal.</summary>
public sealed class PromptTests
{
    private static readonly Catalogue Catalogue = new("a", "0.1.0", ["vpn", "web"], [.. ControlPalettes.All.Select(palette => palette.Definition)]);

    [Theory]
    [InlineData("status", "status")]
    [InlineData("statux<Back>s", "status")]
    [InlineData("tatus<Home>s", "status")]
    [InlineData("status now<^W><^W>group", "group")]
    [InlineData("group<^U>status", "status")]
    [InlineData("group<^C>status", "status")]
    [InlineData("statusxx<Left><Left><^K>", "status")]
    [InlineData("sta<Tab>", "status ")]
    [InlineData("gro<Tab>ex<Tab>w<Tab>", "group explain web ")]
    [InlineData("group explain <Tab>", "group explain ")]
    [InlineData("group handover --w<Tab>", "group handover --wait ")]
    [InlineData("nothing like it<Tab>", "nothing like it")]
    [InlineData("<Up>", "newest")]
    [InlineData("<Up><Up><Up>", "oldest")]
    [InlineData("draft<Up><Down>", "draft")]
    public void Keys_edit_the_line(string keys, string expected) => Assert.Equal(expected, Type(keys + "<Enter>", out _));

    [Fact]
    public void The_end_of_the_input_ends_the_prompt_only_on_an_empty_line()
    {
        Assert.Null(Type("<^D>", out _));
        Assert.Equal("stats", Type("statxs<Left><Left><^D><Enter>", out _));
    }

    [Fact]
    public void Several_candidates_are_listed()
    {
        Type("group explain <Tab><Enter>", out var screen);
        Assert.Contains("vpn  web", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  config   get key ", "config|get|key")]
    [InlineData("config set key 'a \"b\" c'", "config|set|key|a \"b\" c")]
    [InlineData("config set key \"it's \\\"so\\\"\"", "config|set|key|it's \"so\"")]
    [InlineData("config set key ''", "config|set|key|")]
    [InlineData(@"config set a\ b c'd'e", "config|set|a b|cde")]
    [InlineData("config set key 'open end", "config|set|key|open end")]
    public void Quotes_keep_words_together(string line, string expected) => Assert.Equal(expected, string.Join('|', CommandWords.Split(line)));

    [Fact]
    public void Colours_are_the_clients_choice_and_control_characters_never_reach_the_terminal()
    {
        IReadOnlyList<ViewPart> view = [new TableView(["KEY", "STATE"], [["evil\e[2J", new Cell("ok", Tone.Good)], ["k", "x"]], "")];
        Assert.Equal("KEY       STATE\nevil\uFFFD[2J  ok\nk         x\n", TextRenderer.Render(view, colours: false));
        Assert.Contains("\e[32mok\e[0m", TextRenderer.Render(view, colours: true), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[2J", TextRenderer.Render(view, colours: true), StringComparison.Ordinal);
    }

    private static string? Type(string keys, out string screen)
    {
        using var output = new StringWriter();
        var waiting = new Queue<ConsoleKeyInfo>(Keys(keys));
        var editor = new LineEditor(waiting.Dequeue, output, () => 80, ["oldest", "older", "newest"], (before, begun) => Completion.Candidates(Catalogue, before, begun));
        var line = editor.ReadLine("a> ");
        Assert.Empty(waiting);
        screen = output.ToString();
        return line;
    }

    private static IEnumerable<ConsoleKeyInfo> Keys(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '<')
            {
                yield return new ConsoleKeyInfo(text[i], ConsoleKey.None, false, false, false);
                continue;
            }
            var name = text[(i + 1)..text.IndexOf('>', i)];
            i += name.Length + 1;
            yield return name[0] == '^'
                ? new ConsoleKeyInfo((char)(name[1] - '@'), Enum.Parse<ConsoleKey>(name[1..]), false, false, true)
                : new ConsoleKeyInfo('\0', name switch
                {
                    "Back" => ConsoleKey.Backspace,
                    "Left" => ConsoleKey.LeftArrow,
                    "Up" => ConsoleKey.UpArrow,
                    "Down" => ConsoleKey.DownArrow,
                    _ => Enum.Parse<ConsoleKey>(name),
                }, false, false, false);
        }
    }
}
