using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a group's <c>service</c>.</summary>
internal static class ServiceReader
{
    private enum Kind
    {
        None,
        Commands,
        Process,
        Systemd,
    }

    public static ServiceSettings Read(Section service, TimeSpan stopTimeout)
    {
        var type = service["type"];
        var kind = type.Choice(("none", Kind.None), ("commands", Kind.Commands), ("process", Kind.Process), ("systemd", Kind.Systemd));
        if (kind == Kind.Systemd) type.Error("the service type systemd is not available in this version", "use commands: start = [\"systemctl\", \"start\", UNIT], stop = [\"systemctl\", \"stop\", UNIT]");
        if (kind != Kind.Systemd) service.NotAvailable("unit", "the service type systemd", "use type = commands with systemctl");
        else service.WithoutEffect("unit", "the service type systemd is not available in this version", "name the unit in the commands");
        service.NotAvailable("checks", "checking a service's health", "remove service.checks; a process that ends is noticed without them");

        var start = Command(service["start"], Kind.Commands, kind);
        var stop = Command(service["stop"], Kind.Commands, kind);
        var startTimeout = service["start-timeout"];
        var command = Command(service["command"], Kind.Process, kind);
        var maxRestarts = service["max-restarts"];
        var restartBackoff = service["restart-backoff"];
        RefuseUnused(startTimeout, Kind.Commands, kind);
        RefuseUnused(maxRestarts, Kind.Process, kind);
        RefuseUnused(restartBackoff, Kind.Process, kind);
        var restarts = maxRestarts.Int(0, 1000);
        var backoff = restartBackoff.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        var startBound = startTimeout.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

        ServiceSettings settings = kind switch
        {
            Kind.Commands => new CommandsService(start, stop),
            Kind.Process => new ProcessService(command, restarts, backoff),
            _ => new NoService(),
        };
        var openVpn = OpenVpnReader.Read(service.Inner("openvpn"), kind != Kind.None);
        return settings with { StopTimeout = stopTimeout, StartTimeout = startBound, OpenVpn = openVpn, KillAfter = KillAfter(service["kill-after"], kind, stopTimeout, openVpn) };
    }

    private static TimeSpan? KillAfter(Setting setting, Kind kind, TimeSpan stopTimeout, OpenVpnSettings? openVpn)
    {
        RefuseUnused(setting, Kind.Process, kind);
        var killAfter = setting.Duration(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10));
        if (!setting.IsInFile && openVpn is not null) killAfter = OpenVpnReader.Goodbye;
        return killAfter < stopTimeout ? killAfter : null;
    }

    private static IReadOnlyList<string> Command(Setting setting, Kind owner, Kind kind)
    {
        RefuseUnused(setting, owner, kind);
        var words = setting.List();
        if (kind == owner && words.Count == 0) setting.Error($"required with type = {Word(owner)}, but missing or empty", "write the program and its arguments, as in [\"/usr/local/sbin/vpn\", \"up\"]");
        return words;
    }

    /// <summary>A command that another type would run is a service that somebody expects and that would never start.</summary>
    private static void RefuseUnused(Setting setting, Kind owner, Kind kind)
    {
        if (setting.IsInFile && kind != owner && kind != Kind.Systemd)
            setting.Error($"has no effect with type = {Word(kind)}", $"write type = {Word(owner)}, or remove it");
    }

    private static string Word(Kind kind) => kind.ToString().ToLowerInvariant();
}
