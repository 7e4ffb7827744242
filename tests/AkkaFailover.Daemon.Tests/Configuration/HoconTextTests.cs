using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class HoconTextTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Theory]
    [InlineData("failover {\n  node = \"a\"\n", 1, "the '{' of this line is never closed")]
    [InlineData("failover {\n  node = \"a\"\n}\n}\n", 4, "this '}' closes nothing")]
    [InlineData("failover {\n  notify = [\"a\"\n}\n", 3, "this '}' does not close the '[' of line 2")]
    [InlineData("failover {\n  node = \"a\n}\n", 2, "has no closing quote")]
    [InlineData("failover {\n  text = \"\"\"a\n}\n", 2, "has no closing quote")]
    [InlineData("failover {\n  text = \"a\\\n}\n", 2, "has no closing quote")]
    [InlineData("failover {\n  # \" { [\n  // \" { [\n  listen = 10.9.0.1:4053\n}\n", 4, "unquoted text value containing assignment character")]
    [InlineData("failover {\n  a = \"}\"\n  b = \"\"\"}\n}\"\"\"\n  listen = 10.9.0.1:4053\n}\n", 5, "unquoted text value containing assignment character")]
    [InlineData("failover {\n  node = ${nothing}\n}\n", 2, "Unresolved substitution: nothing")]
    [InlineData("failover {\n}\ninclude \"other.conf\"\n", 3, "'include' is not supported")]
    public void A_syntax_error_is_told_with_its_line(string text, int line, string problem)
    {
        var error = Assert.Single(_folder.Load(text).Errors);
        Assert.Equal($"test.conf:{line}", error.Path);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_with_the_passphrase_is_not_quoted_in_a_syntax_error() =>
        Assert.Equal("(secret)", Assert.Single(_folder.Load("a {\n passphrase = x:y\n}\n").Errors).Value);

    [Fact]
    public void A_comma_behind_an_object_is_good_HOCON() =>
        Assert.Empty(_folder.Load(ConfigurationFolder.With("peers { b = \"10.9.0.2\" }", "peers { b = \"10.9.0.2\" },")).Errors);

    [Fact]
    public void A_substitution_takes_a_value_from_elsewhere_in_the_file()
    {
        var loaded = _folder.Load("common = \"eth7\"\n" + ConfigurationFolder.With("\"eth0\"", "${common}"));

        Assert.Equal("eth7", loaded.Settings!.Groups[0].Interface);
        Assert.Equal("nothing reads this key", Assert.Single(loaded.Warnings).Problem);
    }

    public void Dispose() => _folder.Dispose();
}
