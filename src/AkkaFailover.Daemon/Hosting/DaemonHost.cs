using AkkaFailover.Daemon.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>The generic host around the actors: signals, systemd's notifications, logging.</summary>
public static class DaemonHost
{
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="loaded">A configuration with settings.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LoadedConfiguration loaded)
    {
        var settings = loaded.Settings!;
        // No defaults: no appsettings.json, environment or command line beside the one configuration file.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSystemd();
        builder.Services.AddSerilog();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.StopTimeout + StopMargin);

        using var host = builder.Build();
        await host.RunAsync();
        return ExitCode.Done;
    }
}
