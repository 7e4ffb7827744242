using System.Text.RegularExpressions;
using Xunit;

namespace AkkaFailover.Core.Tests;

/// <summary>The table of faults names the tests that show each row.</summary>
public partial class FailureModesTests
{
    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        var root = Root();
        var named = TestName().Matches(File.ReadAllText(Path.Combine(root, "src", "docs", "failure-modes.md"))).Select(match => match.Value).Distinct().ToList();
        var present = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, present));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AkkaFailover.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+(Tests|Stories)\b")]
    private static partial Regex TestName();
}
