using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Serilog as <c>failover.log</c> asks for it.</summary>
internal static class LoggingSetup
{
    private const string PeopleTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const string JournalTemplate = "{Message:lj}{NewLine}{Exception}";
    private const int DaysKept = 14;
    private const long LargestFile = 64L << 20;

    /// <summary>The log's level; <c>failoverctl log level</c> changes it while the daemon runs.</summary>
    public static LoggingLevelSwitch Level { get; } = new();

    /// <summary>Builds the logger; dispose it to flush.</summary>
    /// <param name="settings">Level and sinks.</param>
    /// <param name="underSystemd">Whether stderr goes to the journal.</param>
    public static Logger Create(LogSettings settings, bool underSystemd)
    {
        Level.MinimumLevel = Enum.Parse<LogEventLevel>(settings.Level, ignoreCase: true);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(Level)
            // The hosting frameworks tell how they start and stop; that is not what an administrator looks for.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Filter.ByExcluding(line => LogNoise.Matches(SourceOf(line), line.Level >= LogEventLevel.Warning, line.RenderMessage()))
            .Enrich.FromLogContext();
        if (settings.Console)
        {
            // Console: every level to stderr, which is unbuffered; stdout stays free.
            var people = new MessageTemplateTextFormatter(underSystemd ? JournalTemplate : PeopleTemplate);
            configuration.WriteTo.Console(underSystemd ? new JournalFormatter(people) : people, standardErrorFromLevel: LogEventLevel.Verbose);
        }
        if (settings.File is { } file)
            configuration.WriteTo.File(new CompactJsonFormatter(), file, rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true, fileSizeLimitBytes: LargestFile, retainedFileCountLimit: DaysKept);
        return configuration.CreateLogger();
    }

    private static string? SourceOf(LogEvent line) => line.Properties.TryGetValue("LogSource", out var source) && source is ScalarValue { Value: string name } ? name : null;

    /// <summary>Whether stderr is the journal's stream: systemd says so in the environment, and a terminal never is.</summary>
    public static bool WritesToJournal() =>
        Console.IsErrorRedirected && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("JOURNAL_STREAM"));
}
