using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>The namespaces that this process was started in (<see cref="RehearsalHost.Command"/>).</summary>
public sealed class RehearsalRoom : IRehearsalRoom
{
    private const int StandardOutput = 1;

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
        var readOnly = new RoomFiles(plan.Scratch).Enter(plan.Places, plan.Sockets);
        var addresses = string.Join(", ", plan.Addresses.Select(address => $"{address.Address} on {address.Interface}"));
        return readOnly.Count == 0 ? addresses : $"{addresses}; read-only: {string.Join(", ", readOnly.Take(5))}{(readOnly.Count > 5 ? $" and {readOnly.Count - 5} more" : "")}";
    }
}
