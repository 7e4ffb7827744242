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

    /// <summary>Akka's parser would stay there, and take all memory.</summary>
    [Theory]
    [InlineData('`')]
    [InlineData('^')]
    [InlineData('?')]
    [InlineData('!')]
    [InlineData('@')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('\\')]
    [InlineData('$')]
    public void A_character_that_no_word_of_a_list_has_without_quotes_is_named_with_its_line(char character)
    {
        var error = Assert.Single(_folder.Load($"failover {{\n  start = [systemctl, start,\n    openvpn{character}vpn]\n}}\n").Errors);
        Assert.Equal("test.conf:3", error.Path);
        Assert.Contains($"'{character}' stands in a list without quotes", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void In_quotes_in_comments_and_in_substitutions_they_are_good_HOCON() => Assert.Empty(_folder.Load("router = \"192.0.2.1\"\n"
        + ConfigurationFolder.WithGroupKeys("witnesses = [ # the first! & only\n ${router} ]\nservice { type = commands, start = [\"/bin/true\", \"openvpn@vpn\"], stop = [\"/bin/true\"] }")).Errors);

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
