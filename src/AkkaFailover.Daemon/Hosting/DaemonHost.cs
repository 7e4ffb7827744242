using Akka.Hosting;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Control;
using AkkaFailover.Daemon.Replica;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Serilog;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>The generic host around the actors: signals, systemd's notifications, logging.</summary>
public static class DaemonHost
{
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="loaded">A configuration with settings.</param>
    /// <param name="platform">The host's real parts.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LoadedConfiguration loaded, IDaemonPlatform platform)
    {
        var settings = loaded.Settings!;
        try
        {
            platform.Prepare(settings);
            // Beside the making of the actor system, which does not need the journal: a core each.
            var journal = Task.Run(() => JournalCheck.Open(settings));
            using var host = Build(loaded, settings, platform);
            var service = host.Services.GetRequiredService<FailoverService>();
            if (await journal is { } problem) throw new DaemonStartException(problem);
            await host.RunAsync();
            return service.Outcome;
        }
        catch (Exception failure) when (StartProblem(failure) is { } problem)
        {
            Log.Fatal("{Problem}", problem);
            return ExitCode.Configuration;
        }
    }

    private static IHost Build(LoadedConfiguration loaded, FailoverSettings settings, IDaemonPlatform platform)
    {
        // No defaults: no appsettings.json, environment or command line beside the one configuration file.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSystemd();
        builder.Services.AddSerilog();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.StopTimeout + StopMargin);
        builder.Services.AddSingleton(loaded).AddSingleton(settings).AddSingleton(platform);
        builder.Services.AddAkka(ClusterSetup.SystemName, akka => akka
            .ConfigureLoggers(logging =>
            {
                logging.LogLevel = Akka.Event.LogLevel.InfoLevel;
                logging.ClearLoggers();
                logging.AddLoggerFactory();
            })
            .WithFailoverCluster(settings)
            .AddSetup(JournalSetup.Options(settings))
            .AddHocon(JournalSetup.Config(settings), HoconAddMode.Append)
            .AddHocon(loaded.Akka, HoconAddMode.Prepend));
        builder.Services.AddSingleton<FailoverService>().AddHostedService(services => services.GetRequiredService<FailoverService>());
        builder.Services.AddHostedService(_ => new MemoryService(platform.ReturnMemory, TimeProvider.System, MemoryService.Period));
        if (WatchdogService.Period(Environment.GetEnvironmentVariable) is { } period)
        {
            builder.Services.AddHostedService(services => new WatchdogService(
                services.GetRequiredService<ISystemdNotifier>(),
                services.GetRequiredService<FailoverService>().AnswersAsync,
                services.GetRequiredService<ILogger<WatchdogService>>(),
                TimeProvider.System,
                period));
        }
        return builder.Build();
    }

    /// <summary>What an administrator has to mend; null where the failure is the program's own.</summary>
    private static string? StartProblem(Exception failure) => failure switch
    {
        DaemonStartException or ControlSocketException => failure.Message,
        AggregateException { InnerException: { } inner } => StartProblem(inner),
        _ => failure.InnerException is { } cause ? StartProblem(cause) : null,
    };
}
