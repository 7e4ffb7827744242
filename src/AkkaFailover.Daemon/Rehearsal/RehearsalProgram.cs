using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.Hosting;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>
/// What runs in the namespaces of a rehearsal: furnishes them, starts the service as after a claim, waits for its checks and stops it. Each phase is a
/// line on standard output. Nothing has to be taken away at the end: the namespaces end with this process.
/// </summary>
internal sealed class RehearsalProgram(FailoverSettings settings, GroupSettings group, IRehearsalRoom room, IProcessLauncher launcher, IMonotonicClock clock, TextWriter output)
{
    /// <summary>The service's own machine has the first word about what is late.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly RateBudget _lines = new(OutputLog.MaxLines);
    private Moment _startBy;

    /// <summary>Runs it.</summary>
    /// <param name="loaded">The configuration, without errors.</param>
    /// <param name="name">The group.</param>
    /// <param name="scratch">The scratch folder, with its plan.</param>
    /// <returns>The exit code.</returns>
    public static int Run(LoadedConfiguration loaded, string? name, string scratch, IRehearsalRoom room, IProcessLauncher launcher, IMonotonicClock clock)
    {
        room.EndWithReader();
        Environment.SetEnvironmentVariable(RehearsalActor.NoDiagnostics, null);
        var group = loaded.Settings!.Groups.FirstOrDefault(group => group.Name.Value == name);
        if (group is null)
        {
            Console.Error.WriteLine($"{loaded.File}: no group '{name}' any more: restart the daemon, then rehearse");
            return ExitCode.Usage;
        }
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        return new RehearsalProgram(loaded.Settings, group, room, launcher, clock, output).Run(scratch, RehearsalPlan.FingerprintOf(loaded.Effective));
    }

    private int Run(string scratch, string fingerprint)
    {
        if (!Furnish(scratch, fingerprint)) return ExitCode.Failed;
        var service = new RehearsedService(settings.Node, group, launcher, new HealthProbe(launcher), clock, Forward);
        _startBy = clock.Now + group.Service.StartTimeout + Margin;
        var ok = Start(service) && Check(service);
        return Stop(service) && ok ? ExitCode.Done : ExitCode.Failed;
    }

    private bool Furnish(string scratch, string fingerprint)
    {
        try
        {
            var plan = RehearsalPlan.Read(scratch);
            return plan.Settings == fingerprint
                ? Say(RehearsalPhase.Namespace, true, room.Furnish(plan.Room))
                : Say(RehearsalPhase.Namespace, false, "the configuration file was edited since the daemon started, so this would not be what the daemon does: restart the daemon, then rehearse");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return Say(RehearsalPhase.Namespace, false, e.Message);
        }
    }

    private bool Start(RehearsedService service)
    {
        if (ServiceModel.HasNothingToDo(group.Service)) return Say(RehearsalPhase.Service, true, "no service is configured: the address alone is it");
        service.Start();
        return service.Until(() => service.IsUp || HasFailed(service), _startBy) && service.IsUp
            ? Say(RehearsalPhase.Service, true, $"{group.Service.Type}: started")
            : Say(RehearsalPhase.Service, false, Late(service));
    }

    /// <summary>A service with checks is running when they are up, and start-timeout counts until then.</summary>
    private bool Check(RehearsedService service)
    {
        if (service.Checks.Count == 0) return Say(RehearsalPhase.Checks, true, "none is configured");
        return service.Until(() => service.State == ServiceState.Running || HasFailed(service), _startBy) && service.State == ServiceState.Running
            ? Say(RehearsalPhase.Checks, true, string.Join("; ", service.Checks.Select(check => check.Sentence)))
            : Say(RehearsalPhase.Checks, false, Late(service));
    }

    private bool Stop(RehearsedService service)
    {
        var (began, timeout) = (clock.Now, group.Service.StopTimeout);
        service.Stop();
        if (!service.Until(() => service.State is ServiceState.Stopped or ServiceState.None, began + timeout + ServiceMachine.ForcedGrace))
        {
            service.Kill();
            return Say(RehearsalPhase.Stop, false, $"not ended by SIGKILL after stop-timeout ({timeout.TotalSeconds:0.#} s){After(service.Detail)}");
        }
        return Say(RehearsalPhase.Stop, true, clock.Now - began < timeout ? "" : $"ended by force after stop-timeout ({timeout.TotalSeconds:0.#} s)");
    }

    /// <summary>After a claim it would be started again, after a pause; here the first failure is one.</summary>
    private static bool HasFailed(RehearsedService service) => service.State is ServiceState.Failing or ServiceState.Failed;

    private string Late(RehearsedService service) =>
        (HasFailed(service) ? service.Detail : $"not ready within start-timeout ({group.Service.StartTimeout.TotalSeconds:0.#} s){After(service.Detail)}")
        + (room.LogEnd() is { Length: > 0 } end ? $"; {end}" : "");

    private static string After(string detail) => detail.Length > 0 ? $": {detail}" : "";

    private bool Say(RehearsalPhase phase, bool ok, string text)
    {
        output.WriteLine(RehearsalLine.Of(phase, ok, text));
        return ok;
    }

    private void Forward(string line)
    {
        // Two threads read: one for each stream of the service.
        lock (_lines)
            if (_lines.Take(clock.Now)) output.WriteLine(RehearsalLine.Of(line));
    }
}
