using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Announces a group's addresses on a schedule, and asks each time who else answers for them.</summary>
/// <param name="addresses">The addresses.</param>
/// <param name="open">Opens an interface.</param>
/// <param name="isLeased">Whether the lease runs at this moment.</param>
internal sealed class Announcer(IReadOnlyList<VirtualAddress> addresses, NeighbourPortOpener open, Func<bool> isLeased) : IDisposable
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(200);

    private NeighbourPorts? _ports;
    private AnnouncementSchedule _schedule = AnnouncementSchedule.None;

    /// <summary>Frames sent since the last claim.</summary>
    public long Sent { get; private set; }

    /// <summary>When the next announcement is due; <see cref="Moment.Never"/> where none is.</summary>
    public Moment Next => _schedule.Next;

    /// <summary>Announces at once, and from then on by the schedule.</summary>
    /// <param name="now">Now.</param>
    /// <param name="heard">Called for another station's claim, on another thread; must not block.</param>
    /// <returns>Why an interface could not be opened; null where all were.</returns>
    public string? Begin(Moment now, Action<AddressHeardElsewhere> heard)
    {
        Cancel();
        Sent = 0;
        _ports = new NeighbourPorts(addresses, open, heard);
        _schedule = AnnouncementSchedule.Begin(now);
        Announce(now);
        return _ports.Failure;
    }

    /// <summary>Begins the schedule anew while the addresses are held; asked for too often, it does nothing.</summary>
    public void Again(Moment now)
    {
        if (_ports is null || now - _schedule.Start < AgainAfter) return;
        _schedule = AnnouncementSchedule.Begin(now);
        Announce(now);
    }

    /// <summary>The moment of <see cref="Next"/> has come.</summary>
    public void Announce(Moment now)
    {
        if (_ports is null) return;
        Sent += _ports.Announce(isLeased);
        if (isLeased()) _ports.Probe();
        _schedule = _schedule.Announced(now);
    }

    /// <summary>Another station answered, everybody or this node.</summary>
    /// <returns>Whether it did so often enough for an alarm.</returns>
    public bool Heard(Moment now, bool toAll)
    {
        if (_ports is null) return false;
        _schedule = _schedule.Answered(now, toAll);
        return _schedule.IsContested;
    }

    /// <summary>No other station has answered for a while.</summary>
    public void Settle() => _schedule = _schedule.Settled();

    /// <summary>Sends nothing more.</summary>
    public void Cancel()
    {
        _schedule = AnnouncementSchedule.None;
        _ports?.Dispose();
        _ports = null;
    }

    public void Dispose() => Cancel();
}
