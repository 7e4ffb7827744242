using AkkaFailover.Core;

namespace AkkaFailover.Linux.Heartbeat;

/// <summary>The adverts of one term: when the next one is due, and how long the lease runs. Not thread-safe.</summary>
internal sealed class AdvertRun(Term term, TimeSpan interval, TimeSpan lease, Moment started)
{
    public Term Term => term;

    public TimeSpan Lease => lease;

    /// <summary>When the next advert is to leave.</summary>
    public Moment Due { get; private set; } = started;

    /// <summary>Adverts in a row that did not leave.</summary>
    public int Unsent { get; private set; }

    /// <summary>What the lease counts from: the start, or the moment before the last advert that left was sent.</summary>
    public Moment LeaseStart { get; private set; } = started;

    /// <summary>From here on nothing may be held, or sent.</summary>
    public Moment LeaseEnd => LeaseStart + lease;

    /// <summary>When there is something to do.</summary>
    public Moment NextWake => Moment.Min(Due, LeaseEnd);

    /// <summary>An advert has been sent.</summary>
    /// <param name="at">The moment before.</param>
    /// <param name="left">Whether it left.</param>
    public void Advance(Moment at, bool left)
    {
        Unsent = left ? 0 : Unsent + 1;
        if (left) LeaseStart = at;
        // Deadlines stay on their grid; those that passed unused are left out, a burst would tell nobody anything.
        do Due += interval;
        while (Due <= at);
    }
}
