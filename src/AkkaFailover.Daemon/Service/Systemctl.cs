using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;

namespace AkkaFailover.Daemon.Service;

/// <summary>What is asked of systemd about one unit, through systemctl: each call is a short program with a bound.</summary>
/// <param name="launcher">Starts programs.</param>
/// <param name="unit">The unit.</param>
/// <param name="program">Program and arguments before the verb.</param>
internal sealed class Systemctl(IProcessLauncher launcher, string unit, IReadOnlyList<string> program)
{
    /// <summary>How long an answer may take; systemd itself answers within milliseconds.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>systemctl as an administrator has it.</summary>
    public static readonly IReadOnlyList<string> Program = ["systemctl", "--no-ask-password", "--no-pager"];

    private const int MostLines = 32;

    private static readonly IReadOnlyDictionary<string, string> NoEnvironment = new Dictionary<string, string>();

    /// <summary>Verb and arguments that ask for a unit's state; <see cref="UnitStatus.Parse"/> reads the answer.</summary>
    public static IReadOnlyList<string> Show(string unit) => ["show", unit, $"--property={UnitStatus.Properties}"];

    /// <summary>Starts the unit; ends when it is active, or has failed.</summary>
    public IReadOnlyList<string> Start => [.. program, "start", unit];

    /// <summary>Stops the unit; ends when it has ended.</summary>
    public IReadOnlyList<string> Stop => [.. program, "stop", unit];

    /// <summary>Asks for the unit's state; the answer comes once, on any thread, also where systemctl had to be ended.</summary>
    public void Look(Action<UnitStatus> seen) => Run(Show(unit),
        (exitCode, lines) => seen(exitCode == 0 ? UnitStatus.Parse(lines) : UnitStatus.Unheard($"systemctl show: exit code {exitCode}{(lines.Count > 0 ? $": {lines[^1]}" : "")}")));

    /// <summary>Ends every process of the unit, at once.</summary>
    public void KillUnit(Action<int> done) => Run(["kill", "--signal=SIGKILL", unit], (exitCode, _) => done(exitCode));

    private void Run(IReadOnlyList<string> words, Action<int, IReadOnlyList<string>> done) =>
        OneRun.Start(launcher, [.. program, .. words], NoEnvironment, MostLines, Bound, done);
}
