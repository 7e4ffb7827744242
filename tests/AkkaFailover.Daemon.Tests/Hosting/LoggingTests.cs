using System.Text.Json;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Hosting;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Hosting;

public sealed class LoggingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akka-failover-logging-");

    [Theory]
    [InlineData(LogEventLevel.Verbose, "<7>")]
    [InlineData(LogEventLevel.Debug, "<7>")]
    [InlineData(LogEventLevel.Information, "<6>")]
    [InlineData(LogEventLevel.Warning, "<4>")]
    [InlineData(LogEventLevel.Error, "<3>")]
    [InlineData(LogEventLevel.Fatal, "<2>")]
    public void Each_line_for_the_journal_carries_its_priority(LogEventLevel level, string prefix)
    {
        var formatter = new JournalFormatter(new MessageTemplateTextFormatter("{Message:lj}\n"));
        using var text = new StringWriter();

        formatter.Format(new LogEvent(DateTimeOffset.UnixEpoch, level, null, new MessageTemplate([new TextToken("one\ntwo")]), []), text);

        Assert.Equal($"{prefix}one\n{prefix}two\n", text.ToString());
    }

    [Fact]
    public void The_file_holds_one_JSON_object_a_line_from_the_level_upward()
    {
        var settings = new LogSettings("warning", Path.Combine(_directory.FullName, "failover.json")) { Console = false };
        using (var logger = LoggingSetup.Create(settings, underSystemd: false))
        {
            logger.Information("not this");
            logger.Warning("Group {Group} is {Role}", "vpn", "fault");
        }

        var line = Assert.Single(File.ReadAllLines(Assert.Single(_directory.GetFiles()).FullName));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("vpn", json.RootElement.GetProperty("Group").GetString());
    }

    [Fact]
    public void Of_what_actors_log_below_a_warning_only_the_daemons_own_counts()
    {
        using (var logger = LoggingSetup.Create(new LogSettings("information", Path.Combine(_directory.FullName, "failover.json")) { Console = false }, underSystemd: false))
        {
            logger.ForContext("LogSource", "akka://failover/user/vpn/service").Information("vpn service: Disassociated, says the child");
            logger.ForContext("LogSource", "akka://failover/system/cluster").Information("Member is up");
            logger.ForContext("LogSource", "akka://failover/system/cluster").Warning("Member is not");
            logger.ForContext("LogSource", "akka://failover/system/transports").Warning("Disassociated");
            logger.Information("akka-failover starts");
        }

        string[] said = [.. File.ReadLines(Assert.Single(_directory.GetFiles()).FullName).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("@mt").GetString()!)];
        Assert.Equal(["vpn service: Disassociated, says the child", "Member is not", "akka-failover starts"], said);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
