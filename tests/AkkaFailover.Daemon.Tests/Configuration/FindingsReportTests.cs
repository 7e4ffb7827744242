using System.Text.Json;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Tests.Control;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class FindingsReportTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    /// <summary>The whole output for a configuration with many mistakes; a changed message shows as a changed golden file.</summary>
    [Fact]
    public void All_errors_of_a_bad_configuration_are_told_at_once()
    {
        var bad = Path.Combine(AppContext.BaseDirectory, "Configuration", "golden", "bad.conf");
        var loaded = ConfigurationLoader.Load(_folder.Write("bad.conf", File.ReadAllText(bad)));
        using var text = new StringWriter();

        FindingsReport.WriteText(text, "bad.conf", loaded.Errors, loaded.Warnings);

        Golden.Check("golden/bad.txt", text.ToString().Replace(_folder.Path, "DIR", StringComparison.Ordinal));
    }

    [Fact]
    public void Programs_get_one_JSON_object()
    {
        var loaded = _folder.Load(ConfigurationFolder.WithGroupKeys("preempt = on"));
        using var text = new StringWriter();

        FindingsReport.WriteJson(text, "x.conf", loaded.Errors, loaded.Warnings);

        using var json = JsonDocument.Parse(text.ToString());
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal("failover.groups.vpn.preempt", json.RootElement.GetProperty("errors")[0].GetProperty("path").GetString());
        Assert.Single(text.ToString().TrimEnd('\n').Split('\n'));
    }

    public void Dispose() => _folder.Dispose();
}
