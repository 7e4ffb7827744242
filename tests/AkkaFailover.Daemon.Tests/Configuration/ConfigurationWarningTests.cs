using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class ConfigurationWarningTests : IDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly ConfigurationFolder _folder = new();

    [Theory]
    [InlineData("passphrase", "failover.groups.vpn.heartbeat.carp.passphrase-file")]
    [InlineData("node.key", "failover.cluster.tls.key-file")]
    public void A_secret_that_others_may_read_is_told(string file, string path)
    {
        File.SetUnixFileMode(_folder.File(file), ReadableByAll);
        AssertSingle(_folder.Load(ConfigurationFolder.Smallest), path, "others than its owner");
    }

    [Fact]
    public void A_configuration_with_a_passphrase_that_others_may_read_is_told()
    {
        var file = _folder.Write("open.conf", ConfigurationFolder.With("passphrase-file = \"passphrase\"", "passphrase = \"secret\""));
        Assert.Empty(ConfigurationLoader.Load(file).Warnings);
        File.SetUnixFileMode(file, ReadableByAll);
        AssertSingle(ConfigurationLoader.Load(file), "failover.groups.vpn.heartbeat.carp.passphrase", "others than its owner");
    }

    [Fact]
    public void A_link_without_TLS_is_told() =>
        AssertSingle(_folder.Load(ConfigurationFolder.With("tls {", "tls {\nenabled = off\n")), "failover.cluster.tls.enabled", "whoever reaches");

    [Fact]
    public void A_vrrp_section_beside_carp_is_told_to_have_no_effect() =>
        AssertSingle(_folder.Load(ConfigurationFolder.WithGroupKeys("heartbeat.vrrp { version = 3 }")), "failover.groups.vpn.heartbeat.vrrp", "has no effect");

    [Theory]
    [InlineData(3, 3, "17.6 ms")]
    [InlineData(2, 4, "19.5 ms")]
    public void A_deadline_that_leaves_no_room_for_stalls_is_told(int advSkew, int deadRatio, string room) =>
        AssertSingle(Fast(advSkew, deadRatio), "failover.groups.vpn.heartbeat.carp.dead-ratio", room);

    [Theory]
    [InlineData(3, 4)]
    [InlineData(5, 3)]
    public void Fast_heartbeats_with_room_for_stalls_are_taken_without_a_word(int advSkew, int deadRatio) => Assert.Empty(Fast(advSkew, deadRatio).Warnings);

    private LoadedConfiguration Fast(int advSkew, int deadRatio) =>
        _folder.Load(ConfigurationFolder.WithGroupKeys($"heartbeat.carp {{ advskew = {advSkew}, dead-ratio = {deadRatio} }}"));

    public void Dispose() => _folder.Dispose();

    private static void AssertSingle(LoadedConfiguration loaded, string path, string problem)
    {
        Assert.NotNull(loaded.Settings);
        var warning = Assert.Single(loaded.Warnings);
        Assert.Equal(path, warning.Path);
        Assert.Contains(problem, warning.Problem, StringComparison.Ordinal);
    }
}
