using AkkaFailover.Core.Palettes;
using Xunit;

namespace AkkaFailover.Core.Tests.Palettes;

/// <summary>An option that may stand without its number.</summary>
public class OptionalValueTests
{
    private static readonly OptionDefinition Last = OptionDefinition.Last with { ValueOptional = true };

    private static readonly Catalogue Catalogue = new("a", "", ["vpn"], [new Palette("group", "groups", [
        new CommandDefinition("history", "what happened") { Arguments = [ArgumentDefinition.Group], Options = [Last, new("json", "as JSON")] },
    ])]);

    [Theory]
    [InlineData("group history", null, null)]
    [InlineData("group history --last", "", null)]
    [InlineData("group history --last 5", "5", null)]
    [InlineData("group history --last=5", "5", null)]
    [InlineData("group history --last vpn", "", "vpn")]
    [InlineData("group history --last 5 vpn", "5", "vpn")]
    [InlineData("group history vpn --last", "", "vpn")]
    [InlineData("group history --last --json", "", null)]
    [InlineData("group history --last -- vpn", "", "vpn")]
    public void A_number_after_it_is_its_value_and_nothing_else_is(string line, string? last, string? group)
    {
        var call = Assert.IsType<CallLine>(Parse(line));
        Assert.Equal(last, call.Option("last"));
        Assert.Equal(group, call.Arguments.GetValueOrDefault("GROUP"));
    }

    [Theory]
    [InlineData("group history --last 0", "--last: '0' is not a whole number from 1 to 10000")]
    [InlineData("group history --last 10001", "--last: '10001' is not a whole number from 1 to 10000")]
    [InlineData("group history --last=", "--last: '' is not a whole number from 1 to 10000")]
    [InlineData("group history --last=x", "--last: 'x' is not a whole number from 1 to 10000")]
    [InlineData("group history --last --last", "--last is given twice")]
    public void A_number_that_it_cannot_be_is_an_error(string line, string error) =>
        Assert.Contains(error, Assert.IsType<UsageLine>(Parse(line)).Error, StringComparison.Ordinal);

    [Fact]
    public void Help_shows_that_the_value_may_be_left_out()
    {
        var help = HelpText.For(Catalogue, Assert.IsType<HelpLine>(Parse("group history --help")));
        Assert.Contains("failoverctl group history [GROUP] [--last [N]] [--json]", help, StringComparison.Ordinal);
        Assert.Contains("  --last [N] ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_goes_on_after_it()
    {
        Assert.Equal(["vpn"], Completion.Candidates(Catalogue, ["group", "history", "--last"], ""));
        Assert.Equal(["--json"], Completion.Candidates(Catalogue, ["group", "history", "--last"], "--"));
    }

    private static CommandLine Parse(string line) => CommandLine.Parse(Catalogue, line.Split(' '));
}
