using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>What <c>replicated: true</c> is worth, seen from the kernel's side.</summary>
public sealed class DurabilityTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private const int Writers = 4, Changes = 25;

    [Fact]
    public async Task Both_nodes_have_written_and_synced_a_change_before_it_is_acknowledged()
    {
        var traces = new[] { lab.Network.A, lab.Network.B }.Select(host => Path.Combine(host.Directory, "calls.trace")).ToArray();
        var pair = new LabPair(lab.Network, lab.Observer,
            new AkkaNode(lab.Network.A, SystemCalls.Trace(traces[0])), new AkkaNode(lab.Network.B, SystemCalls.Trace(traces[1])));
        await pair.Settle();
        var socket = ((AkkaNode)pair.Active).Socket;
        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Write(socket, writer)));
        await End(pair);

        foreach (var trace in traces)
        {
            var calls = SystemCalls.Read(trace).Where(call => call.File.EndsWith("journal.db-wal", StringComparison.Ordinal)).ToList();
            foreach (var (marker, at) in acknowledged.SelectMany(each => each)) ExpectSynced(calls, marker, at, trace);
        }
    }

    // In order, so that strace writes its trace to the end.
    private static async Task End(LabPair pair)
    {
        foreach (var node in new[] { pair.A, pair.B })
        {
            node.Terminate();
            await LabClock.Expect(() => node.Host.Processes().Count == 0, TimeSpan.FromSeconds(30), $"everything on {node.Host.Name} ended");
        }
    }

    private static async Task<List<(string Marker, double At)>> Write(string socket, int writer)
    {
        using var client = await ControlClient.Connect(socket);
        var acknowledged = new List<(string, double)>();
        for (var change = 0; change < Changes; change++)
        {
            var marker = $"marker-{writer}-{change:d3}.";
            await client.Put($"traced/{writer}", marker);
            acknowledged.Add((marker, (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds));
        }
        return acknowledged;
    }

    private static void ExpectSynced(List<SystemCall> calls, string marker, double acknowledged, string trace)
    {
        var write = calls.FirstOrDefault(call => call.Name == "pwrite64" && call.Arguments.Contains(marker, StringComparison.Ordinal));
        Assert.True(write is { Succeeded: true }, $"{trace}: no write of {marker}");
        var sync = calls.FirstOrDefault(call => call.Name is "fsync" or "fdatasync" && call.Succeeded && call.Begin >= write.End);
        Assert.True(sync is not null && sync.End <= acknowledged, $"{trace}: {marker} was written at {write.End:f6} and acknowledged at {acknowledged:f6}, the next sync ended at {sync?.End:f6}");
    }
}
