namespace AkkaFailover.Lab.Observation;

/// <summary>Times in which a node's kernel had the virtual address.</summary>
/// <param name="Host">The node.</param>
/// <param name="From">Begin.</param>
/// <param name="To">End, or the end of the observation.</param>
public readonly record struct Holding(string Host, Moment From, Moment To);

/// <summary>Turns changes of addresses into times of possession.</summary>
public static class Holdings
{
    /// <summary>The times each node held the address, in the order of their begin.</summary>
    public static IReadOnlyList<Holding> Of(IEnumerable<AddressChange> changes, Moment end)
    {
        var since = new Dictionary<string, Moment>();
        var holdings = new List<Holding>();
        foreach (var change in changes)
        {
            if (change.Present) since.TryAdd(change.Host, change.At);
            else if (since.Remove(change.Host, out var from)) holdings.Add(new Holding(change.Host, from, change.At));
        }
        holdings.AddRange(since.Select(open => new Holding(open.Key, open.Value, end)));
        return [.. holdings.OrderBy(holding => holding.From)];
    }

    /// <summary>How long two nodes held the address at the same time, in all.</summary>
    public static TimeSpan HeldByBoth(IReadOnlyList<Holding> holdings)
    {
        var both = TimeSpan.Zero;
        for (var i = 0; i < holdings.Count; i++)
        {
            for (var j = i + 1; j < holdings.Count; j++)
            {
                if (holdings[i].Host == holdings[j].Host) continue;
                var from = Moment.Max(holdings[i].From, holdings[j].From);
                var to = Moment.Min(holdings[i].To, holdings[j].To);
                if (to > from) both += to - from;
            }
        }
        return both;
    }
}
