using System.Text.RegularExpressions;
using Xunit;

namespace AkkaFailover.Core.Tests;

/// <summary>The table of faults: each row names what shows it, or says that nothing does, and what it names is there.</summary>
public partial class FailureModesTests
{
    private const string LastColumn = "| shown by |";
    private static readonly string Root = FindRoot();
    private static readonly string Document = Path.Combine(Root, "src", "docs", "failure-modes.md");
    private static readonly string[] Lines = File.ReadAllLines(Document);

    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        var present = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        AssertNamed(TestName(), name => Assert.Contains(name, present));
    }

    [Fact]
    public void Every_script_that_the_table_names_exists() => AssertNamed(ScriptName(), name => Assert.True(File.Exists(Path.Combine(Root, name)), name));

    [Fact]
    public void Every_document_that_the_table_refers_to_exists() =>
        AssertNamed(Reference(), name => Assert.True(name.Length == 0 || File.Exists(Path.Combine(Path.GetDirectoryName(Document)!, name)), name));

    [Fact]
    public void Every_row_is_shown_or_says_why_not()
    {
        var rows = Rows(Lines).ToList();
        // No table has lost its header, and with it its rows.
        Assert.Equal(Lines.Count(line => line.StartsWith('|')) - (2 * Lines.Count(IsHeader)), rows.Count);
        Assert.All(rows, row => Assert.True(IsShown(row), row));
    }

    [Theory]
    [InlineData("| a fault | nothing | at once | StartTests |", true)]
    [InlineData("| a fault | nothing | at once | `scripts/chaos.sh` (its host) |", true)]
    [InlineData("| a fault | nothing | at once | *sim* |", true)]
    [InlineData("| a fault | **guarantee ends**: both | | |", true)]
    [InlineData("| a fault | as another one | | see [service.md](service.md) |", true)]
    [InlineData("| a fault | as another one | | see [there](#the-paths) |", true)]
    [InlineData("| a fault | as another one | | see there |", false)]
    [InlineData("| a fault | nothing ([service.md](service.md)) | StartTests | |", false)]
    [InlineData("| a fault | nothing | at once | believed |", false)]
    public void A_row_without_anything_that_shows_it_is_found(string row, bool shown) => Assert.Equal(shown, IsShown(row));

    /// <summary>A test, a script, the simulation or another place that has them, in the last column; or the row promises nothing.</summary>
    private static bool IsShown(string row)
    {
        var shownBy = row.TrimEnd().TrimEnd('|').Split('|')[^1];
        return TestName().IsMatch(shownBy) || ScriptName().IsMatch(shownBy) || Reference().IsMatch(shownBy)
            || shownBy.Contains("*sim*", StringComparison.Ordinal) || row.Contains("**guarantee ends**", StringComparison.Ordinal);
    }

    /// <summary>The rows of all tables of faults, without header and rule.</summary>
    private static IEnumerable<string> Rows(string[] lines) =>
        Enumerable.Range(0, lines.Length).Where(i => IsHeader(lines[i])).SelectMany(i => lines.Skip(i + 2).TakeWhile(line => line.StartsWith('|')));

    private static bool IsHeader(string line) => line.EndsWith(LastColumn, StringComparison.Ordinal);

    private static void AssertNamed(Regex what, Action<string> exists)
    {
        var named = what.Matches(string.Join('\n', Lines)).Select(match => match.Groups["name"].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, exists);
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AkkaFailover.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"\b(?<name>[A-Z][A-Za-z]+(Tests|Stories))\b")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?<name>scripts/[a-z-]+\.sh)\b")]
    private static partial Regex ScriptName();

    [GeneratedRegex(@"\]\((?<name>[^)#:]*)(#[^)]*)?\)")]
    private static partial Regex Reference();
}
