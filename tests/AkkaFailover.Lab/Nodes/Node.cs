using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>A failover daemon on one host of the lab.</summary>
public abstract class Node(LabHost host)
{
    /// <summary>Where it runs.</summary>
    public LabHost Host { get; } = host;

    /// <summary>The daemon's process; null before the first start.</summary>
    public HostProcess? Process { get; private set; }

    /// <summary>Whether the daemon runs.</summary>
    public bool Runs => Process is { HasExited: false };

    /// <summary>Whether the daemon was stopped or killed since its last start; its process may not have ended yet.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Starts the daemon.</summary>
    public void Start()
    {
        Process = Launch();
        IsEnding = false;
    }

    /// <summary>Whether the daemon, as the holder of the address or as the other one, is ready for the next fault.</summary>
    public abstract bool IsReady(bool holder);

    /// <summary>Whether it stays away for a while after faults; a new process does not.</summary>
    public virtual bool IsBackingOff => false;

    /// <summary>The processes that are the daemon; a guard beside it is not.</summary>
    public abstract IReadOnlyList<int> DaemonProcesses();

    /// <summary>What it says about its role when asked; empty where nobody answers.</summary>
    public virtual string Explain() => "";

    /// <summary>Where the time of its last claim went; empty where it does not say.</summary>
    public virtual string LastClaim() => "";

    /// <summary><c>kill -9</c> of the daemon.</summary>
    public void KillDaemon()
    {
        LabHost.KillTogether(DaemonProcesses());
        IsEnding = true;
    }

    /// <summary><c>kill -9</c> of everything on the host, as if at one moment.</summary>
    public void KillDaemonAndGuard()
    {
        LabHost.KillTogether(Host.Processes());
        IsEnding = true;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        Process!.Send(Signal.Terminate);
        IsEnding = true;
    }

    /// <summary>SIGSTOP to the daemon.</summary>
    public void Freeze() => LabHost.Send(DaemonProcesses(), Signal.Stop);

    /// <summary>SIGSTOP to everything on the host, as where a hypervisor takes its processors.</summary>
    public void FreezeHost() => LabHost.Send(Host.Processes(), Signal.Stop);

    /// <summary>SIGCONT to everything on the host.</summary>
    public void Thaw() => LabHost.Send(Host.Processes(), Signal.Continue);

    /// <summary>Ends what runs on the host and takes away what it left, so that the next start is a first one.</summary>
    public void Clear()
    {
        Host.KillEverything();
        Host.RemoveVirtualAddress();
        // It may take a moment until the end of the process is known here.
        IsEnding = Process is not null;
    }

    /// <summary>Starts the process.</summary>
    protected abstract HostProcess Launch();

    /// <summary>The word after the last of these markers in its log; empty where there is none yet.</summary>
    protected string LastWordAfter(string marker)
    {
        var log = Process?.Log ?? "";
        var at = log.LastIndexOf(marker, StringComparison.Ordinal);
        return at < 0 ? "" : log[(at + marker.Length)..].Split((char[])[' ', '\n'], 2)[0];
    }
}
