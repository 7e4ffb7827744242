using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Processes of ordinary priority that take all the processor time they get; they live in the client's host, which no fault kills, and end with the lab.</summary>
public sealed class BusyProcesses : IDisposable
{
    private readonly IReadOnlyList<HostProcess> _processes;

    /// <summary>Starts them.</summary>
    public BusyProcesses(LabNetwork lab, int count) =>
        _processes = [.. Enumerable.Range(0, count).Select(_ => lab.Client.Start("busy.log", "sh", "-c", "while :; do :; done"))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes) process.Send(Native.Signal.Kill);
    }
}
