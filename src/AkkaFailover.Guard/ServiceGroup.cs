using AkkaFailover.Core;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Programs;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>The service's process group, or its control group where systemd runs it: it must not go on where the addresses are not.</summary>
internal sealed class ServiceGroup : IDisposable
{
    /// <summary>How long its leader may take to end after SIGTERM; the release advert waits for it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private int _group;
    private SafeFileHandle? _leader;
    private ControlGroupKill? _control;

    /// <summary>When the group is killed; <see cref="Moment.Never"/> where it is not being ended.</summary>
    public Moment KillAt { get; private set; } = Moment.Never;

    /// <summary>The group was asked to end, and may not have yet.</summary>
    public bool IsEnding => KillAt != Moment.Never;

    /// <summary>What to poll for the leader's end; negative where it is not being ended.</summary>
    public int Descriptor => IsEnding && _leader is not null ? (int)_leader.DangerousGetHandle() : -1;

    /// <summary>Takes a group over.</summary>
    /// <param name="group">The process group; 0 for none.</param>
    /// <param name="controlGroup">The control group that it lies in; empty where the process group is all.</param>
    /// <returns>Null, or what the guard will not be able to do.</returns>
    public string? Arm(int group, string controlGroup)
    {
        Forget();
        if (controlGroup.Length > 0) _control = ControlGroupKill.Open(controlGroup);
        var lacks = controlGroup.Length > 0 && _control is null;
        // Group 1 is init's and a negative number is none: neither can be a service's.
        if (group > 1) (_group, _leader) = (group, Processes.Watch(group));
        return lacks ? $"{controlGroup}: no cgroup.kill (cgroup v2, Linux 5.14): a killed daemon's guard ends the main process alone" : null;
    }

    /// <summary>Asks the group to end.</summary>
    /// <returns>False where there is none.</returns>
    public bool Terminate(Moment now)
    {
        if (_group == 0 || !Processes.SignalGroup(_group, Processes.SignalTerminate)) return false;
        KillAt = now + Grace;
        return true;
    }

    /// <summary>Ends what is left of the group.</summary>
    public void Kill()
    {
        if (_group != 0) _ = Processes.SignalGroup(_group, Processes.SignalKill);
        _control?.Kill();
        Forget();
    }

    public void Dispose() => Forget();

    private void Forget()
    {
        _group = 0;
        KillAt = Moment.Never;
        _leader?.Dispose();
        _leader = null;
        _control?.Dispose();
        _control = null;
    }
}
