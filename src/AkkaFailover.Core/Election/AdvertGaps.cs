namespace AkkaFailover.Core.Election;

/// <summary>
/// The times between the peer's last four adverts. What an advert says of its interval is not covered by its digest (FORMATS section 1.3),
/// so a peer that has not greeted is timed by when its adverts come.
/// </summary>
/// <param name="Last">Between the last two.</param>
/// <param name="Second">Between the two before.</param>
/// <param name="Third">Between those before them.</param>
public readonly record struct AdvertGaps(TimeSpan Last, TimeSpan Second, TimeSpan Third)
{
    /// <summary>Before two have been seen: CARP's usual second.</summary>
    public static readonly AdvertGaps Unseen = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>The middle one: a lost advert makes one gap longer, a late one makes one longer and one shorter.</summary>
    public TimeSpan Interval => Spans.Shorter(Spans.Longer(Last, Second), Spans.Longer(Spans.Shorter(Last, Second), Third));

    /// <summary>One more.</summary>
    public AdvertGaps With(TimeSpan gap) => new(gap, Last, Second);
}
