namespace AkkaFailover.Core.Service;

/// <summary>What systemd says of a unit, as far as a supervisor has to know it.</summary>
public enum UnitActivity
{
    /// <summary>systemd did not say.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Active,

    /// <summary>It is on its way up or down, or between two restarts by systemd itself.</summary>
    Changing,

    /// <summary>It does not run.</summary>
    Ended,
}

/// <summary>A unit at a moment: the answer of <c>systemctl show</c>.</summary>
/// <param name="Activity">Whether it runs.</param>
/// <param name="Load">LoadState: loaded, not-found, masked, bad-setting, error; empty where systemd did not say.</param>
/// <param name="Words">In its own words: "active (running)", "failed (exit-code, status 3)".</param>
/// <param name="MainPid">Its main process; 0 for none.</param>
/// <param name="ControlGroup">Its control group, from the root of the hierarchy; empty for none.</param>
/// <param name="Restart">Restart=: no, on-failure, always …</param>
/// <param name="Enablement">UnitFileState: enabled, disabled, static …</param>
public sealed record UnitStatus(UnitActivity Activity, string Load, string Words, int MainPid, string ControlGroup, string Restart, string Enablement)
{
    /// <summary>The properties that <see cref="Parse"/> reads.</summary>
    public const string Properties = "LoadState,ActiveState,SubState,MainPID,Result,ExecMainStatus,Restart,ControlGroup,UnitFileState";

    /// <summary>systemd did not say.</summary>
    /// <param name="why">What was heard instead.</param>
    public static UnitStatus Unheard(string why) => new(UnitActivity.Unknown, "", why, 0, "", "", "");

    /// <summary>Whether systemd knows how to start it.</summary>
    public bool IsLoaded => Load == "loaded";

    /// <summary>Reads lines of <c>NAME=VALUE</c>, in any order; what is not there is empty, unknown lines are passed over.</summary>
    public static UnitStatus Parse(IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0) values[line[..equals]] = line[(equals + 1)..];
        }
        if (!values.ContainsKey("ActiveState")) return Unheard("no state of the unit in the answer");
        string Value(string name) => values.GetValueOrDefault(name, "");
        var (active, load) = (Value("ActiveState"), Value("LoadState"));
        var activity = active switch
        {
            "active" or "reloading" or "refreshing" => UnitActivity.Active,
            "inactive" or "failed" => UnitActivity.Ended,
            _ => UnitActivity.Changing,
        };
        var pid = int.TryParse(Value("MainPID"), out var number) && number > 1 ? number : 0;
        return new UnitStatus(activity, load, Describe(active, load, Value), pid, Value("ControlGroup"), Value("Restart"), Value("UnitFileState"));
    }

    private static string Describe(string active, string load, Func<string, string> value)
    {
        if (load != "loaded") return load;
        if (active != "failed" && value("Result") is "success" or "") return $"{active} ({value("SubState")})";
        var status = value("ExecMainStatus") is "0" or "" ? "" : $", status {value("ExecMainStatus")}";
        return $"{active} ({value("Result")}{status})";
    }
}
