namespace AkkaFailover.Daemon.Configuration;

/// <summary>One thing that is wrong with the configuration, or with this host as the configuration wants it.</summary>
/// <param name="Path">The key's full path, as in <c>failover.groups.vpn.interface</c>; or <c>FILE:LINE</c> for a syntax error.</param>
/// <param name="Value">What stands there; empty where nothing does, <c>(secret)</c> for a secret.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Mend">What to do.</param>
public sealed record ConfigurationError(string Path, string Value, string Problem, string Mend);

/// <summary>Something that works but should not stay so; the parts are those of <see cref="ConfigurationError"/>.</summary>
public sealed record ConfigurationWarning(string Path, string Value, string Problem, string Mend);

/// <summary>Collects errors and warnings, each once, in the order in which they were found.</summary>
internal sealed class Findings
{
    private readonly List<ConfigurationError> _errors = [];
    private readonly List<ConfigurationWarning> _warnings = [];

    public IReadOnlyList<ConfigurationError> Errors => _errors;

    public IReadOnlyList<ConfigurationWarning> Warnings => _warnings;

    public void Error(string path, string value, string problem, string mend)
    {
        var error = new ConfigurationError(path, value, problem, mend);
        // Keys of group-defaults are read once a group: the same mistake is told once.
        if (!_errors.Contains(error)) _errors.Add(error);
    }

    public void Warning(string path, string value, string problem, string mend)
    {
        var warning = new ConfigurationWarning(path, value, problem, mend);
        if (!_warnings.Contains(warning)) _warnings.Add(warning);
    }
}
