using System.Globalization;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>Fills a replica with numbered entries, through the control socket as any program would.</summary>
internal static class Entries
{
    private const int Connections = 8, UnderWay = 128;

    /// <summary>The key of an entry.</summary>
    public static string Key(int entry) => $"entry/{entry:d8}";

    /// <summary>Adds the entries from one number up to another; all are on both nodes then.</summary>
    /// <exception cref="LabException">One was not acknowledged by both.</exception>
    public static Task Add(AkkaNode active, int first, int end, int valueLength) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(() => Add(active.Socket, first + connection, end, valueLength))));

    private static async Task Add(string socket, int next, int end, int valueLength)
    {
        using var client = await ControlClient.Connect(socket);
        var missing = 0;
        while (next < end || missing > 0)
        {
            for (; next < end && missing < UnderWay; next += Connections, missing++)
                await client.Send(Key(next), next.ToString(CultureInfo.InvariantCulture).PadLeft(valueLength, '0'));
            var answer = await client.Receive();
            if (!answer.Replicated) throw new LabException($"an entry is not on both nodes: {answer}");
            missing--;
        }
    }
}
