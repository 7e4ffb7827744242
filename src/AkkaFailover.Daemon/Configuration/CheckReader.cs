using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a service's <c>checks</c>; what a check does not say itself comes from <c>check-defaults</c>.</summary>
internal static class CheckReader
{
    private const int NoPort = 0;
    private const int MostChecks = 16;
    private const int LongestName = 64;

    public static IReadOnlyList<HealthCheckSettings> Read(Section service)
    {
        var section = service.Inner("checks");
        var defaults = service.LayersOf("check-defaults");
        var names = section.Names;
        if (names.Count == 0) service.WithoutEffect("check-defaults", "there are no checks", "add one under checks, or remove it");
        if (names.Count > MostChecks) section.Error($"{names.Count} checks", $"write {MostChecks} at most");
        return names.Count == 0 ? [] : [.. names.Select(name => Check(name, section.Inner(name, defaults)))];
    }

    private static HealthCheckSettings Check(string name, Section check)
    {
        if (!IsName(name)) check.Error("not a name of a check", $"write 1 to {LongestName} letters, digits, '-' and '_'");
        var type = check["type"].Choice(("tcp", "tcp"), ("http", "http"), ("exec", "exec"));
        var (address, url, command) = (check["address"], check["url"], check["command"]);
        RefuseUnused(address, "tcp", type);
        RefuseUnused(url, "http", type);
        RefuseUnused(command, "exec", type);
        HealthCheckSettings settings = type switch
        {
            "tcp" => new TcpCheck(name, Address(address)),
            "http" => new HttpCheck(name, Url(url)),
            _ => new ExecCheck(name, Command(command)),
        };
        return settings with
        {
            Interval = check["interval"].Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Timeout = check["timeout"].Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            Rise = check["rise"].Int(1, 1000),
            Fall = check["fall"].Int(1, 1000),
            On = check["on"].Choice(("active", CheckPlace.Active), ("standby", CheckPlace.Standby), ("both", CheckPlace.Both)),
        };
    }

    private static HostPort Address(Setting setting)
    {
        var text = setting.Required("\"127.0.0.1:1194\"");
        if (HostPort.TryParse(text, NoPort, out var value)) return value!;
        if (text.Length > 0) setting.Error("not an address with a port", "write ADDRESS:PORT, as in \"127.0.0.1:1194\" or \"[::1]:1194\"");
        return new HostPort("", NoPort);
    }

    private static Uri Url(Setting setting)
    {
        var text = setting.Required("\"http://127.0.0.1:8080/health\"");
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        if (text.Length > 0) setting.Error("not a URL of http or https", "write it whole, as in \"http://127.0.0.1:8080/health\"");
        return new Uri("http://localhost/");
    }

    private static IReadOnlyList<string> Command(Setting setting)
    {
        var words = setting.List();
        if (words.Count == 0) setting.Error("required with type = exec, but missing or empty", "write the program and its arguments, as in [\"/usr/local/sbin/check-vpn\"]");
        return words;
    }

    private static void RefuseUnused(Setting setting, string owner, string type)
    {
        if (setting.IsInFile && type != owner) setting.Error($"has no effect with type = {type}", $"write type = {owner}, or remove it");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
