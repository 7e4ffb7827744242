using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using Serilog.Events;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>Shows or changes the log's level until the daemon ends.</summary>
internal sealed class LogLevelCommand : ControlCommand
{
    private static readonly string[] Levels = ["verbose", "debug", "information", "warning", "error"];

    public override CommandDefinition Definition { get; } = new("level", "show or change the log's level until the daemon ends")
    {
        Arguments = [new("LEVEL", string.Join(", ", Levels), Optional: true)],
        Examples = ["log level", "log level debug"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        if (call.Argument("LEVEL") is { } wanted)
        {
            if (!Levels.Contains(wanted)) throw new CommandRefusedException($"'{wanted}' is not a level: {string.Join(", ", Levels)}", ExitCode.Usage);
            call.Context.LogLevel.MinimumLevel = Enum.Parse<LogEventLevel>(wanted, ignoreCase: true);
        }
        var level = call.Context.LogLevel.MinimumLevel.ToString().ToLowerInvariant();
        return Task.FromResult(Done(new JsonObject { ["level"] = level }, level));
    }
}
