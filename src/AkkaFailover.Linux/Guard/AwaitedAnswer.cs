using AkkaFailover.Core;

namespace AkkaFailover.Linux.Guard;

/// <summary>What the guard has to say next, and by when; a guard that does not is stuck. One that owes nothing is asked whether it is there, so that a claim does not find it stuck.</summary>
internal sealed class AwaitedAnswer
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan AliveWithin = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan HeldWithin = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ReleasedWithin = TimeSpan.FromMilliseconds(100);

    // The guard renews every 400 ms and the kernel drops the addresses after 1 s: a stuck guard is replaced in between.
    private static readonly TimeSpan RenewedWithin = TimeSpan.FromMilliseconds(800);

    private GuardRecordKind? _awaited;

    /// <summary>When the guard is stuck, or is to be asked.</summary>
    public Moment Due { get; private set; }

    /// <summary>Nothing is owed; it is to be asked next.</summary>
    public bool IsNone => _awaited is null;

    /// <summary>It was asked whether it is there, for nothing else is owed.</summary>
    public bool IsAlive => _awaited == GuardRecordKind.Alive;

    /// <summary>A hold was asked for and is not answered.</summary>
    public bool IsHold => _awaited == GuardRecordKind.Held;

    /// <summary>A release was asked for and is not answered.</summary>
    public bool IsRelease => _awaited == GuardRecordKind.Released;

    /// <summary>A hold is asked for.</summary>
    public void ExpectHold(Moment now) => Expect(GuardRecordKind.Held, now + HeldWithin);

    /// <summary>A release is asked for.</summary>
    public void ExpectRelease(Moment now) => Expect(GuardRecordKind.Released, now + ReleasedWithin);

    /// <summary>It is asked whether it is there.</summary>
    public void ExpectAlive(Moment now) => Expect(GuardRecordKind.Alive, now + AliveWithin);

    /// <summary>Nothing is owed.</summary>
    public void Forget(Moment now) => Expect(null, now + AskEvery);

    /// <summary>The guard said something. While a release is awaited, nothing but its answer counts.</summary>
    public void Settle(GuardRecordKind said, Moment now)
    {
        if (IsRelease && said != GuardRecordKind.Released) return;
        switch (said)
        {
            case GuardRecordKind.Held:
            case GuardRecordKind.Renewed when _awaited == GuardRecordKind.Renewed:
                Expect(GuardRecordKind.Renewed, now + RenewedWithin);
                break;
            case GuardRecordKind.Refused:
            case GuardRecordKind.Expired:
            case GuardRecordKind.Released when IsRelease:
            case GuardRecordKind.Alive when IsAlive:
                Forget(now);
                break;
        }
    }

    private void Expect(GuardRecordKind? answer, Moment due)
    {
        _awaited = answer;
        Due = due;
    }
}
