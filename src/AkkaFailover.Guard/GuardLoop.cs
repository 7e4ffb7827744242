using AkkaFailover.Core;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Time;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>Holds the addresses while the lease runs and the daemon lives; one thread, woken by descriptors alone.</summary>
internal sealed class GuardLoop(GuardOptions options, DaemonPipe daemon) : IDisposable
{
    /// <summary>Between two renewals: the kernel's lifetime of a second survives one that failed.</summary>
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan NoticeEvery = TimeSpan.FromSeconds(1);

    /// <summary>As many as the pipe holds; then the lease is looked at again, whatever the daemon writes.</summary>
    private const int RecordsPerWake = 512;

    private readonly HeldAddresses _addresses = new(options.Addresses);
    private readonly AddressEvents _events = new();
    private readonly ServiceGroup _service = new();
    private readonly ReleaseAdvert _advert = new(options.Interface);
    private readonly SafeFileHandle _timer = Descriptors.CreateTimer();

    // Asked to hold before the first advert of the term has left: another thread of the daemon sends it.
    private static readonly TimeSpan FirstAdvertWithin = TimeSpan.FromMilliseconds(150);

    private long? _asked;
    private Moment _askedUntil;
    private bool _holding;
    private Moment _lease;
    private Moment _renewAt = Moment.Never;
    private Moment _noticeAt;

    private static Moment Now => BootClock.Instance.Now;

    /// <summary>Runs until the daemon is gone and everything is released.</summary>
    public void Run()
    {
        daemon.Write(GuardRecordKind.Ready);
        Span<PollEntry> entries = stackalloc PollEntry[4];
        while (true)
        {
            entries[0] = new PollEntry(DaemonPipe.Descriptor);
            entries[1] = new PollEntry(_events.Descriptor);
            entries[2] = new PollEntry((int)_timer.DangerousGetHandle());
            entries[3] = new PollEntry(_service.Descriptor);
            Descriptors.SetTimer(_timer, NextWake.Nanoseconds);
            Descriptors.Poll(entries, timeoutMilliseconds: -1);

            ReadRecords();
            if (daemon.Closed)
            {
                EndWithDaemon();
                return;
            }
            var disturbed = entries[1].Ready && _events.Read(_addresses);
            if (_holding) Keep(disturbed);
            if (_asked is { } term && Now >= _askedUntil) Refuse(term, "no lease runs: no advert has left in time");
            if (entries[3].Ready || Now >= _service.KillAt) FinishRelease();
        }
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _events.Dispose();
        _service.Dispose();
        _advert.Dispose();
        _timer.Dispose();
    }

    private Moment NextWake => Moment.Min(_asked is null ? Moment.Never : _askedUntil, Moment.Min(_holding ? Moment.Min(_lease, _renewAt) : Moment.Never, _service.KillAt));

    private void ReadRecords()
    {
        for (var i = 0; i < RecordsPerWake && daemon.TryRead(out var record); i++)
        {
            // A new term begins: what is left of the old one ends first, or its release would be the new one's.
            if (_service.IsEnding && record.Kind is GuardRecordKind.ArmRelease or GuardRecordKind.ArmService or GuardRecordKind.Hold) FinishRelease();
            switch (record.Kind)
            {
                case GuardRecordKind.Extend:
                    _lease = Moment.Max(_lease, new Moment(record.Number));
                    if (_asked is { } term) Hold(term);
                    break;
                case GuardRecordKind.Hold:
                    Hold(record.Number);
                    break;
                case GuardRecordKind.Release:
                    Release();
                    break;
                case GuardRecordKind.EndLease:
                    _asked = null;
                    Expire("the daemon's address owner has ended");
                    break;
                case GuardRecordKind.ArmService:
                    if (_service.Arm((int)record.Number, record.Text) is { } lacks) daemon.Write(GuardRecordKind.Notice, text: lacks);
                    break;
                case GuardRecordKind.ArmRelease:
                    _advert.Arm(record.Body);
                    break;
                case GuardRecordKind.Ask:
                    daemon.Write(GuardRecordKind.Alive);
                    break;
            }
        }
    }

    private void Hold(long term)
    {
        if (Now >= _lease)
        {
            if (_asked is null) _askedUntil = Now + FirstAdvertWithin;
            _asked = term;
            return;
        }
        _addresses.Resolve();
        if (Renew() is { } failure)
        {
            _holding = false;
            _addresses.Remove();
            Refuse(term, failure);
            return;
        }
        _asked = null;
        _holding = true;
        daemon.Write(GuardRecordKind.Held, term);
    }

    private void Refuse(long term, string reason)
    {
        _asked = null;
        daemon.Write(GuardRecordKind.Refused, term, reason);
    }

    // An answer means that the addresses are off; without one the daemon ends the guard and sees to them itself.
    private void Release()
    {
        _asked = null;
        var failure = TakeOff();
        _advert.Forget();
        if (failure is null) daemon.Write(GuardRecordKind.Released);
        else daemon.Write(GuardRecordKind.Notice, text: failure);
    }

    private void Keep(bool disturbed)
    {
        var now = Now;
        if (!disturbed && now < Moment.Min(_lease, _renewAt)) return;
        if (Renew() is { } failure) Expire(failure);
        else if (disturbed) NoticeDisturbance(now);
    }

    private void NoticeDisturbance(Moment now)
    {
        if (now < _noticeAt) return;
        _noticeAt = now + NoticeEvery;
        daemon.Write(GuardRecordKind.Notice, text: "another program took an address away; it was put back at once");
    }

    // The clock is looked at before the writes, for the process may have been stopped until the kernel dropped the addresses
    // and another node took them; and after the writes, for it may have been stopped in the middle of them.
    private string? Renew()
    {
        if (Now >= _lease) return "the lease ended: no advert left in time";
        if (_addresses.Put() is { } failure) return failure;
        var now = Now;
        if (now >= _lease) return "the lease ended while the addresses were written";
        _renewAt = now + RenewEvery;
        daemon.Write(GuardRecordKind.Renewed);
        return null;
    }

    private void Expire(string reason)
    {
        var failure = TakeOff();
        daemon.Write(GuardRecordKind.Expired, text: failure is null ? reason : $"{reason}; {failure}");
        if (!_service.Terminate(Now)) FinishRelease();
    }

    private void FinishRelease()
    {
        _service.Kill();
        _advert.Send();
    }

    private void EndWithDaemon()
    {
        var held = _holding || _service.IsEnding;
        var failure = TakeOff();
        _service.Kill();
        if (held) _advert.Send();
        if (held) StandardError.Write(failure ?? "the daemon is gone: addresses off, service ended, release sent");
    }

    // A release advert calls the standby in: where an address may still be on, the standby's deadline has to do it.
    private string? TakeOff()
    {
        _holding = false;
        _lease = Moment.Zero;
        if (_addresses.Remove() is not { } failure) return null;
        _advert.Forget();
        return $"{failure}; the guard sends no release advert";
    }
}
