namespace AkkaFailover.Core.Announcements;

/// <summary>
/// When an address is announced after a claim: at once, after 0.1 s (the loser of a race may have announced last), 1, 3 and
/// 10 s (a switch or host may have lost the first ones), and soon after another station answered for it.
/// </summary>
/// <param name="Start">When it began.</param>
/// <param name="Sent">How many announcements of the plan have been sent.</param>
/// <param name="Repeats">How many were added because of another station.</param>
/// <param name="Next">When the next one is due; <see cref="Moment.Never"/> when all are sent.</param>
public readonly record struct AnnouncementSchedule(Moment Start, int Sent, int Repeats, Moment Next)
{
    /// <summary>So many repeats in a row are no leftover of a handover any more: somebody should look.</summary>
    public const int AlarmingRepeats = 3;

    /// <summary>So many repeats follow quickly; a station that goes on to answer this node is then answered slowly, for as long as it does.</summary>
    public const int QuickRepeats = 25;

    private static readonly TimeSpan RepeatSoon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RepeatLate = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan[] Plan =
    [
        TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10),
    ];

    /// <summary>No announcement is due.</summary>
    public static readonly AnnouncementSchedule None = new(Moment.Zero, 0, 0, Moment.Never);

    /// <summary>Another station answered so often that it is an alarm.</summary>
    public bool IsContested => Repeats >= AlarmingRepeats;

    /// <summary>A new schedule, the first announcement due now.</summary>
    public static AnnouncementSchedule Begin(Moment now) => new(now, 0, 0, now);

    /// <summary>An announcement has been sent.</summary>
    public AnnouncementSchedule Announced(Moment now)
    {
        var sent = Sent;
        // One that came early because of another station takes nothing off the plan.
        while (sent < Plan.Length && Start + Plan[sent] <= now) sent++;
        return this with { Sent = sent, Next = sent < Plan.Length ? Start + Plan[sent] : Moment.Never };
    }

    /// <summary>Another station answered for the address.</summary>
    /// <param name="now">Now.</param>
    /// <param name="toAll">
    /// Whether it told everybody, as an attacker does: each host that heard it is lost until the next announcement. What it answered to this node
    /// alone changes no other host's mind, and would be asked for again with each announcement.
    /// </param>
    public AnnouncementSchedule Answered(Moment now, bool toAll)
    {
        var repeat = now + (toAll || Repeats < QuickRepeats ? RepeatSoon : RepeatLate);
        return Next <= repeat ? this : this with { Repeats = Repeats + 1, Next = repeat };
    }

    /// <summary>No other station has answered for a while.</summary>
    public AnnouncementSchedule Settled() => this with { Repeats = 0 };
}
