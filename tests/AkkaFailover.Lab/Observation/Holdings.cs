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
    public static TimeSpan HeldByBoth(IReadOnlyList<Holding> holdings) =>
        Overlaps(holdings).Aggregate(TimeSpan.Zero, (both, overlap) => both + (overlap.To - overlap.From));

    /// <summary>The times in which two nodes held the address.</summary>
    public static IEnumerable<(Moment From, Moment To)> Overlaps(IReadOnlyList<Holding> holdings)
    {
        for (var i = 0; i < holdings.Count; i++)
        {
            for (var j = i + 1; j < holdings.Count; j++)
            {
                if (holdings[i].Host == holdings[j].Host) continue;
                var from = Moment.Max(holdings[i].From, holdings[j].From);
                var to = Moment.Min(holdings[i].To, holdings[j].To);
                if (to > from) yield return (from, to);
            }
        }
    }

    /// <summary>The longest time in which nobody held the address.</summary>
    /// <param name="holdings">In the order of their begin.</param>
    /// <param name="begin">What was before does not count.</param>
    /// <param name="end">Of the observation.</param>
    public static TimeSpan LongestWithoutHolder(IReadOnlyList<Holding> holdings, Moment begin, Moment end)
    {
        var longest = TimeSpan.Zero;
        var heldUntil = begin;
        foreach (var holding in holdings)
        {
            if (holding.From - heldUntil > longest) longest = holding.From - heldUntil;
            heldUntil = Moment.Max(heldUntil, holding.To);
        }
        return end - heldUntil > longest ? end - heldUntil : longest;
    }
}
