using AkkaFailover.Core.Stalls;

namespace AkkaFailover.Core.Ports;

/// <summary>Writes a group's adverts as whole frames; used by one thread at a time, without allocation.</summary>
public interface IAdvertWriter
{
    /// <summary>The next advert is the first one of this term.</summary>
    void Begin(Term term);

    /// <summary>Writes the next advert.</summary>
    /// <param name="frame">Where to, at least <see cref="AdvertSenderOptions.MaxFrame"/> bytes.</param>
    /// <returns>The frame's length.</returns>
    int WriteNext(Span<byte> frame);
}

/// <summary>Sends adverts at their interval, from a thread of its own.</summary>
public interface IAdvertSender : IDisposable
{
    /// <summary>Sends adverts of this term from now on, the first one at once; replaces what was sent before. Never blocks for long.</summary>
    /// <param name="term">The term they carry.</param>
    /// <param name="lease">How long after the moment before its sending an advert lets the addresses be held.</param>
    void Start(Term term, TimeSpan lease);

    /// <summary>Sends none; when it returns, none leaves any more.</summary>
    void Stop();

    /// <summary>What was sent so far.</summary>
    AdvertsSent Sent { get; }
}

/// <summary>How adverts are sent.</summary>
/// <param name="Name">Of the group, for the thread's name.</param>
/// <param name="Interval">Between two adverts.</param>
/// <param name="Lease">Extended by every advert that left in time.</param>
/// <param name="Lapsed">
/// The lease ended because an advert was late or did not leave; nothing is sent until the next start. The text says why. Called on the sending thread.
/// </param>
public sealed record AdvertSenderOptions(string Name, TimeSpan Interval, ILeaseSink Lease, Action<string> Lapsed)
{
    /// <summary>The longest frame a writer may write.</summary>
    public const int MaxFrame = 256;
}

/// <summary>Counters of an advert sender.</summary>
/// <param name="Sent">Adverts that left.</param>
/// <param name="Failures">Adverts that did not leave.</param>
/// <param name="Last">When the last one left; <see cref="Moment.Zero"/> before the first.</param>
/// <param name="Lateness">Histogram of how long after their time adverts were sent; the counts go with <see cref="LatenessBounds"/>.</param>
/// <param name="RealTime">Whether the sending thread has real-time priority.</param>
/// <param name="Stalls">How often the thread was held up, whether it had adverts to send or not; the counts go with <see cref="Stall.Bounds"/>.</param>
/// <param name="LongestStall">The longest of them; null before the first.</param>
public sealed record AdvertsSent(
    long Sent, long Failures, Moment Last, IReadOnlyList<long> Lateness, bool RealTime, IReadOnlyList<long> Stalls, Stall? LongestStall)
{
    /// <summary>Upper bounds of the histogram's buckets, in milliseconds; the last one takes the rest.</summary>
    public static IReadOnlyList<double> LatenessBounds { get; } = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, double.PositiveInfinity];
}
