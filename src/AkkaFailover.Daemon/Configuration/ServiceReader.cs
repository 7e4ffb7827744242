using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a group's <c>service</c>.</summary>
internal static class ServiceReader
{
    private const int LongestUnit = 255;

    private enum Kind
    {
        None,
        Commands,
        Process,
        Systemd,
    }

    public static ServiceSettings Read(Section service, TimeSpan stopTimeout)
    {
        var kind = service["type"].Choice(("none", Kind.None), ("commands", Kind.Commands), ("process", Kind.Process), ("systemd", Kind.Systemd));
        var start = Command(service["start"], Kind.Commands, kind);
        var stop = Command(service["stop"], Kind.Commands, kind);
        var command = Command(service["command"], Kind.Process, kind);
        var unit = Unit(service["unit"], kind);
        var restarts = Owned(service["max-restarts"], kind, Kind.Process, Kind.Systemd).Int(0, 1000);
        var backoff = Owned(service["restart-backoff"], kind, Kind.Process, Kind.Systemd).Duration(TimeSpan.FromMilliseconds(10), ServiceMachine.LongestBackoff);
        var checks = CheckReader.Read(service);
        var startTimeout = service["start-timeout"];
        if (checks.Count == 0) Owned(startTimeout, kind, Kind.Commands, Kind.Process, Kind.Systemd);

        ServiceSettings settings = kind switch
        {
            Kind.Commands => new CommandsService(start, stop),
            Kind.Process => new ProcessService(command, restarts, backoff),
            Kind.Systemd => new SystemdService(unit, restarts, backoff),
            _ => new NoService(),
        };
        var openVpn = OpenVpnReader.Read(service.Inner("openvpn"), kind != Kind.None);
        return settings with
        {
            StopTimeout = stopTimeout,
            KillAfter = KillAfter(service["kill-after"], kind, stopTimeout, openVpn),
            StartTimeout = startTimeout.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Checks = checks,
            OpenVpn = openVpn,
        };
    }

    private static TimeSpan? KillAfter(Setting setting, Kind kind, TimeSpan stopTimeout, OpenVpnSettings? openVpn)
    {
        var killAfter = Owned(setting, kind, Kind.Process, Kind.Systemd).Duration(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10));
        if (!setting.IsInFile && openVpn is not null) killAfter = OpenVpnReader.Goodbye;
        return killAfter < stopTimeout ? killAfter : null;
    }

    private static IReadOnlyList<string> Command(Setting setting, Kind owner, Kind kind)
    {
        var words = Owned(setting, kind, owner).List();
        if (kind == owner && words.Count == 0) setting.Error($"required with type = {Word(owner)}, but missing or empty", "write the program and its arguments, as in [\"/usr/local/sbin/vpn\", \"up\"]");
        return words;
    }

    private static string Unit(Setting setting, Kind kind)
    {
        if (kind != Kind.Systemd) return Owned(setting, kind, Kind.Systemd).Text();
        var unit = setting.Required("\"openvpn-server@vpn.service\"");
        if (unit.Length > 0 && !IsService(unit))
            setting.Error("not the whole name of one service unit", "write it as systemctl shows it, with .service, and with the instance of a template: \"openvpn-server@vpn.service\"");
        return unit;
    }

    /// <summary>What systemd takes as the name of a service; a template without an instance cannot be started.</summary>
    private static bool IsService(string unit) =>
        unit.Length is > 8 and <= LongestUnit && unit.EndsWith(".service", StringComparison.Ordinal) && !unit.EndsWith("@.service", StringComparison.Ordinal)
        && unit[0] is not ('-' or '@') && unit.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '.' or '\\' or '@' or '-');

    /// <summary>A command that another type would run is a service that somebody expects and that would never start.</summary>
    private static Setting Owned(Setting setting, Kind kind, params Kind[] owners)
    {
        if (setting.IsInFile && !owners.Contains(kind))
            setting.Error($"has no effect with type = {Word(kind)}", $"write type = {string.Join(" or ", owners.Select(Word))}, or remove it");
        return setting;
    }

    private static string Word(Kind kind) => kind.ToString().ToLowerInvariant();
}
