using System.Diagnostics;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Whether systemd knows the units that the configuration names, and leaves them to the pair: better told at start than at a takeover.</summary>
internal static class UnitCheck
{
    public static void Run(FailoverSettings settings, Findings findings)
    {
        foreach (var group in settings.Groups)
        {
            if (group.Service is not SystemdService service) continue;
            var path = $"failover.groups.{group.Name}.service.unit";
            Judge(path, service.Unit, Ask(service.Unit), findings);
        }
    }

    /// <summary>What an answer means for the configuration.</summary>
    internal static void Judge(string path, string unit, UnitStatus status, Findings findings)
    {
        if (status.Activity == UnitActivity.Unknown)
            findings.Error(path, unit, $"systemd does not answer for it: {status.Words}", "run this daemon where systemd runs, or use type = process or commands");
        else if (!status.IsLoaded)
            findings.Error(path, unit, status.Load == "not-found" ? "this host has no such unit" : $"systemd cannot start it: {status.Load}", $"see: systemctl status {unit}; after a change of the unit's file: systemctl daemon-reload");
        else
            Warn(path, unit, status, findings);
    }

    private static void Warn(string path, string unit, UnitStatus status, Findings findings)
    {
        if (status.Restart is not ("no" or ""))
            findings.Warning(path, unit, $"systemd restarts it by itself too (Restart={status.Restart}): two supervisors", $"set Restart=no: systemctl edit {unit}");
        if (status.Enablement == "enabled")
            findings.Warning(path, unit, "systemd starts it at each boot, also on a standby, which stops it then", $"run: systemctl disable {unit}");
    }

    private static UnitStatus Ask(string unit)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Systemctl.Program[0], [.. Systemctl.Program.Skip(1), .. Systemctl.Show(unit)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            // What it writes, a dozen lines, fits into the pipes.
            if (!process.WaitForExit(Systemctl.Bound))
            {
                process.Kill(entireProcessTree: true);
                return UnitStatus.Unheard($"no answer within {Systemctl.Bound.TotalSeconds:0} s");
            }
            var error = process.StandardError.ReadToEnd().Trim();
            return process.ExitCode == 0 ? UnitStatus.Parse(process.StandardOutput.ReadToEnd().Split('\n')) : UnitStatus.Unheard(error.Length > 0 ? error.Split('\n')[^1] : $"exit code {process.ExitCode}");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return UnitStatus.Unheard(e.Message);
        }
    }
}
