namespace AkkaFailover.Core;

/// <summary>
/// A point on the host's monotonic time line, in nanoseconds. It never jumps with the wall clock and it goes on while the
/// host is suspended (CLOCK_BOOTTIME), so a lease cannot outlive a sleep. Meaningless on another host.
/// </summary>
public readonly record struct Moment(long Nanoseconds) : IComparable<Moment>
{
    /// <summary>The earliest moment; no event of this run lies before it.</summary>
    public static readonly Moment Zero = new(0);

    /// <summary>A moment that never comes.</summary>
    public static readonly Moment Never = new(long.MaxValue);

    /// <summary>The later of two moments.</summary>
    public static Moment Max(Moment a, Moment b) => a >= b ? a : b;

    /// <summary>The earlier of two moments.</summary>
    public static Moment Min(Moment a, Moment b) => a <= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Moment other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The moment a duration later; <see cref="Never"/> stays <see cref="Never"/>.</summary>
    public static Moment operator +(Moment moment, TimeSpan duration) =>
        moment == Never ? Never : new(moment.Nanoseconds + (duration.Ticks * 100));

    /// <summary>The moment a duration earlier; <see cref="Never"/> stays <see cref="Never"/>.</summary>
    public static Moment operator -(Moment moment, TimeSpan duration) => moment + (-duration);

    /// <summary>The time from one moment to another.</summary>
    public static TimeSpan operator -(Moment later, Moment earlier) => new((later.Nanoseconds - earlier.Nanoseconds) / 100);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Moment a, Moment b) => a.Nanoseconds < b.Nanoseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(Moment a, Moment b) => a.Nanoseconds > b.Nanoseconds;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Moment a, Moment b) => a.Nanoseconds <= b.Nanoseconds;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Moment a, Moment b) => a.Nanoseconds >= b.Nanoseconds;
}
