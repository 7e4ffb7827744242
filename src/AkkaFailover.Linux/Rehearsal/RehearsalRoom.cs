using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>The namespaces that this process was started in (<see cref="RehearsalHost.Command"/>).</summary>
public sealed class RehearsalRoom : IRehearsalRoom
{
    private const int StandardOutput = 1;
    private RoomLogs? _logs;

    /// <inheritdoc/>
    public void EndWithReader()
    {
        var watch = new Thread(() =>
        {
            // No event is asked for: what is left is the error that a pipe without a reader has.
            Span<PollEntry> output = [new PollEntry(StandardOutput) { Wanted = 0 }];
            do Descriptors.Poll(output, -1);
            while (!output[0].Ready);
            // The first process of its namespace: all others end with it, and then the namespaces themselves.
            Mounts.Exit(1);
        })
        { IsBackground = true, Name = "reader" };
        watch.Start();
    }

    /// <inheritdoc/>
    public string Furnish(RoomPlan plan)
    {
        if (Environment.ProcessId != 1) throw new IOException("this process is not alone in a namespace of its own: only the daemon starts a rehearsal");
        RoomNetwork.Make(plan.Links, plan.Addresses);
        var files = new RoomFiles(plan.Scratch);
        var readOnly = files.Enter(plan.Places, plan.Sockets);
        _logs = new RoomLogs([.. files.Written, .. plan.Places.Select(place => place.Where)], DateTime.UtcNow);
        var addresses = string.Join(", ", plan.Addresses.Select(address => $"{address.Address} on {address.Interface}"));
        return readOnly.Count == 0 ? addresses : $"{addresses}; read-only: {string.Join(", ", readOnly.Take(5))}{(readOnly.Count > 5 ? $" and {readOnly.Count - 5} more" : "")}";
    }

    /// <inheritdoc/>
    public string LogEnd() => _logs?.End() ?? "";
}
