using System.Globalization;
using System.Net;
using AkkaFailover.Core;

namespace AkkaFailover.Daemon.Groups;

/// <summary>What a restarted node knows of its peer on the LAN.</summary>
/// <param name="Address">Its own address; null where it was never told.</param>
/// <param name="Mac">Its station; null where it was never told.</param>
/// <param name="Counters">The last counters accepted from it: older ones are replays.</param>
internal sealed record PeerFacts(IPAddress? Address, MacAddress? Mac, IReadOnlyList<ulong> Counters)
{
    /// <summary>Nothing.</summary>
    public static readonly PeerFacts None = new(null, null, []);
}

/// <summary>
/// <c>state-dir/GROUP.peer</c>: the peer's facts as <c>key value</c> lines. Written in the background and never waited for; losing
/// the last second of it, or all of it, costs a second of protection against replays and nothing else.
/// </summary>
internal sealed class PeerFile(string path)
{
    private Task _writing = Task.CompletedTask;

    /// <summary>Reads the file; what cannot be read is as if it were not there.</summary>
    public PeerFacts Load()
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllLines(path)) : PeerFacts.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PeerFacts.None;
        }
    }

    /// <summary>Begins to write, unless the disk still has the last write to do.</summary>
    /// <returns>Whether it did.</returns>
    public bool TrySave(PeerFacts facts)
    {
        if (!_writing.IsCompleted) return false;
        _writing = Task.Run(() => Write(facts));
        return true;
    }

    private void Write(PeerFacts facts)
    {
        List<string> lines = [.. facts.Counters.Select(c => $"counter {c.ToString(CultureInfo.InvariantCulture)}")];
        if (facts.Address is { } address) lines.Add($"address {address}");
        if (facts.Mac is { } mac) lines.Add($"mac {mac}");
        try
        {
            File.WriteAllLines(path + ".new", lines);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that fails is noticed and reported where something depends on it: terms and journal.
        }
    }

    /// <summary>Reads the file's lines; those that say nothing are left out.</summary>
    internal static PeerFacts Parse(string[] lines)
    {
        var (address, mac, counters) = ((IPAddress?)null, (MacAddress?)null, new List<ulong>());
        foreach (var words in lines.Select(line => line.Split(' ')).Where(words => words.Length == 2))
        {
            switch (words[0])
            {
                case "address" when IPAddress.TryParse(words[1], out var known): address = known; break;
                case "mac" when MacAddress.TryParse(words[1], out var known): mac = known; break;
                case "counter" when ulong.TryParse(words[1], CultureInfo.InvariantCulture, out var counter): counters.Add(counter); break;
            }
        }
        return new PeerFacts(address, mac, counters);
    }
}
