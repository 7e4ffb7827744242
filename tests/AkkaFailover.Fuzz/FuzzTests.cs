using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Fuzz;

/// <summary>Some inputs for each decoder; <c>scripts/fuzz.sh</c> tries more, and a single one again.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const long Inputs = 50_000;

    public static TheoryData<string> Names => [.. Targets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_that_comes_from_outside_does_harm(string name)
    {
        // Each day others, the same ones for the same day.
        var first = DateTime.UtcNow.Date.Ticks;
        var run = new FuzzRun(Targets.Named(name), first, Inputs);
        var failure = run.Run();
        Assert.True(failure is null, failure is null ? "" : $"seed {failure.Seed}, input {Convert.ToHexString(failure.Input)}: {failure.Why}");
        Assert.Equal(Inputs, run.Inputs);
        output.WriteLine($"{run.Inputs / run.Elapsed.TotalSeconds:N0} inputs a second, {run.Kept:N0} bytes left");
    }

    [Fact]
    public void A_decoder_that_fails_keeps_or_allocates_is_noticed()
    {
        Assert.NotNull(Failure(() => (input, _) => _ = input[99_999]));
        Assert.NotNull(Failure(() => (_, _) => GC.KeepAlive(new byte[1 << 20])));
        Assert.NotNull(Failure(() =>
        {
            var kept = new List<byte[]>();
            return (_, _) => kept.Add(new byte[20_000]);
        }));

        static FuzzFailure? Failure(Func<Action<byte[], ulong>> newRunner) => new FuzzRun(new FuzzTarget("broken", [[1, 2, 3]], newRunner), first: 1, count: 2_000).Run();
    }
}
