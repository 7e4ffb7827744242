using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class CertificateTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Theory]
    [InlineData(365 * 4, 0, 0, "")]
    [InlineData((365 * 5) - 10, 0, 1, "expires on")]
    [InlineData((365 * 5) + 10, 1, 0, "expired on")]
    [InlineData(-10, 2, 0, "not valid before")]
    public void The_dates_are_judged(int daysFromNow, int errors, int warnings, string problem)
    {
        var loaded = _folder.Load(ConfigurationFolder.Smallest, new FixedTime(DateTimeOffset.UtcNow.AddDays(daysFromNow)));

        Assert.Equal((errors, warnings), (loaded.Errors.Count, loaded.Warnings.Count));
        Assert.All(loaded.Errors.Select(error => error.Problem).Concat(loaded.Warnings.Select(warning => warning.Problem)),
            found => Assert.Contains(problem, found, StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_of_another_authority_is_refused()
    {
        using var other = new ConfigurationFolder();
        File.Copy(other.File("ca.crt"), _folder.File("ca.crt"), overwrite: true);

        Assert.Contains("not signed by", Assert.Single(_folder.Load(ConfigurationFolder.Smallest).Errors).Problem, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
