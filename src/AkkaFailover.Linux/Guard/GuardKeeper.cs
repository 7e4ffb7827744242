using System.Runtime.InteropServices;
using System.Text;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Time;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Guard;

/// <summary>
/// The daemon's side of the guard: writes records to it, and has one thread that reads its reports, notices when it does
/// not answer or has ended, and puts a new one in its place.
/// </summary>
public sealed class GuardKeeper : IAddressKeeper
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(5);

    // By then the kernel has dropped what the old guard held: whoever advertises the role must hear of it, not wait on.
    private static readonly TimeSpan ReplacedWithin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    // Of the watching thread, behind a due moment: the whole host may have stood still.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    private readonly string _program;
    private readonly GuardOptions _options;
    private readonly SafeFileHandle _wakeUp = Descriptors.CreateWakeUp();
    private readonly Lock _gate = new();
    private readonly Thread _watcher;

    private volatile SafeHandle _pipe;
    private volatile int _guardPid;
    private volatile bool _disposing;
    private long _leaseUntil;
    private long _lostExtensions;

    // Under _gate: what is asked of the guard, and what a new guard must be told.
    private readonly AwaitedAnswer _answer = new();
    private Term _term;
    private string _releaseReason = "";
    private byte[] _releaseFrame = [];
    private int _service;
    private byte[] _controlGroup = [];

    private GuardKeeper(string program, GuardOptions options, GuardProcess guard)
    {
        _program = program;
        _options = options;
        _pipe = guard.Input;
        _guardPid = guard.Id;
        _watcher = new Thread(() => Watch(guard)) { Name = "guard", IsBackground = true };
    }

    /// <inheritdoc/>
    public event Action<KeeperReport>? Reported;

    /// <inheritdoc/>
    public int GuardPid => _guardPid;

    /// <inheritdoc/>
    public Moment LeaseUntil => new(Volatile.Read(ref _leaseUntil));

    /// <summary>Extensions that the guard did not take: it was stuck or being replaced.</summary>
    public long LostExtensions => Volatile.Read(ref _lostExtensions);

    /// <summary>Starts a guard and waits until it runs. <see cref="GuardCleanup.Run"/> comes first.</summary>
    /// <exception cref="IOException">It does not run; the message says why.</exception>
    public static GuardKeeper Start(GuardOptions options)
    {
        var program = GuardProgram.Find();
        var keeper = new GuardKeeper(program, options, GuardProcess.Start(program, options, ReadyWithin));
        keeper._watcher.Start();
        return keeper;
    }

    /// <inheritdoc/>
    public void Extend(Moment until)
    {
        Volatile.Write(ref _leaseUntil, until.Nanoseconds);
        if (!TrySend(GuardRecordKind.Extend, until.Nanoseconds)) Interlocked.Increment(ref _lostExtensions);
    }

    /// <inheritdoc/>
    public void ArmRelease(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > GuardRecord.LongestBody)
            throw new ArgumentException($"a release frame has at most {GuardRecord.LongestBody} bytes, not {frame.Length}", nameof(frame));
        lock (_gate)
        {
            _releaseFrame = frame.ToArray();
            TrySend(GuardRecordKind.ArmRelease, body: frame);
        }
    }

    /// <inheritdoc/>
    public void ArmService(int processGroup, string controlGroup = "")
    {
        var group = Encoding.UTF8.GetBytes(controlGroup);
        var tooLong = group.Length > GuardRecord.LongestBody;
        lock (_gate)
        {
            (_service, _controlGroup) = (processGroup, tooLong ? [] : group);
            TrySend(GuardRecordKind.ArmService, processGroup, _controlGroup);
        }
        if (tooLong)
            Reported?.Invoke(new KeeperNotice($"the name of the control group {controlGroup} is too long for the guard ({GuardRecord.LongestBody} bytes): if the daemon is killed it ends the main process alone"));
    }

    /// <inheritdoc/>
    public void Hold(Term term)
    {
        lock (_gate)
        {
            _term = term;
            _answer.ExpectHold(BootClock.Instance.Now);
            TrySend(GuardRecordKind.Hold, term.Value);
        }
        Descriptors.Wake(_wakeUp);
    }

    /// <inheritdoc/>
    public void Release(string reason)
    {
        lock (_gate)
        {
            _releaseReason = reason;
            _releaseFrame = [];
            Volatile.Write(ref _leaseUntil, 0);
            _answer.ExpectRelease(BootClock.Instance.Now);
            TrySend(GuardRecordKind.Release);
        }
        Descriptors.Wake(_wakeUp);
    }

    /// <inheritdoc/>
    public void EndLease()
    {
        lock (_gate)
        {
            // A guard that is stuck is not waited for: the kernel takes the addresses off.
            _answer.Forget(BootClock.Instance.Now);
            Volatile.Write(ref _leaseUntil, 0);
            TrySend(GuardRecordKind.EndLease);
        }
    }

    /// <summary>Ends the guard, which releases what it holds.</summary>
    public void Dispose()
    {
        if (_disposing) return;
        _disposing = true;
        Descriptors.Wake(_wakeUp);
        _watcher.Join();
        _wakeUp.Dispose();
    }

    // A write that fails needs no handling here: a guard that is gone is replaced and told everything, one that is stuck too.
    private bool TrySend(GuardRecordKind kind, long number = 0, ReadOnlySpan<byte> body = default)
    {
        Span<byte> record = stackalloc byte[GuardRecord.Length];
        GuardRecord.Write(record, kind, number, body);
        try
        {
            return Descriptors.Write(_pipe, record);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Watch(GuardProcess? guard)
    {
        while (guard is not null)
        {
            var due = WaitForRecords(guard);
            while (guard.TryRead(out var record)) Take(record);
            if (_disposing)
            {
                guard.Close();
                guard.Dispose();
                return;
            }
            if (guard.Ended || IsStuck(due)) guard = Replace(guard);
        }
    }

    private Moment WaitForRecords(GuardProcess guard)
    {
        Moment due;
        lock (_gate) due = _answer.Due;
        var wait = (int)Math.Ceiling(Math.Max(0, (due - BootClock.Instance.Now).TotalMilliseconds));
        Span<PollEntry> entries = [new PollEntry((int)guard.Output.DangerousGetHandle()), new PollEntry((int)_wakeUp.DangerousGetHandle())];
        Descriptors.Poll(entries, wait);
        Descriptors.Clear(_wakeUp);
        return due;
    }

    // The records read since the wait began may have ended it, or another wait may have begun. A guard that owes nothing is
    // asked; and again where this thread comes late, for then the whole host may have stood still.
    private bool IsStuck(Moment due)
    {
        var now = BootClock.Instance.Now;
        lock (_gate)
        {
            if (now < due || _answer.Due != due) return false;
            if (!_answer.IsNone && !(_answer.IsAlive && now >= due + Late)) return true;
            _answer.ExpectAlive(now);
            TrySend(GuardRecordKind.Ask);
            return false;
        }
    }

    private void Take(GuardRecord record)
    {
        KeeperReport? report;
        lock (_gate)
        {
            report = Translate(record);
            _answer.Settle(record.Kind, BootClock.Instance.Now);
            if (record.Kind == GuardRecordKind.Expired) ForgetTerm();
        }
        if (report is not null) Reported?.Invoke(report);
    }

    private KeeperReport? Translate(GuardRecord record) => record.Kind switch
    {
        GuardRecordKind.Held => new KeeperHolds(new Term((uint)record.Number)),
        GuardRecordKind.Refused => new KeeperRefused(new Term((uint)record.Number), record.Text),
        GuardRecordKind.Released => new KeeperReleased(_releaseReason),
        GuardRecordKind.Expired => new KeeperExpired(record.Text),
        GuardRecordKind.Notice or GuardRecordKind.Failed => new KeeperNotice(record.Text),
        _ => null,
    };

    // As the guard does: its service has been ended and its release sent.
    private void ForgetTerm()
    {
        _releaseFrame = [];
        _service = 0;
        _controlGroup = [];
        Volatile.Write(ref _leaseUntil, 0);
    }

    // Null where the keeper is disposed of meanwhile.
    private GuardProcess? Replace(GuardProcess old)
    {
        _guardPid = 0;
        var reason = old.Ended ? $"guard process {old.Id} {old.Kill()}" : $"guard process {old.Id} did not answer, was killed and {old.Kill()}";
        old.Dispose();
        lock (_gate)
        {
            if (!_answer.IsRelease) _answer.Forget(BootClock.Instance.Now);
        }
        var readyWithin = ReplacedWithin;
        while (!_disposing)
        {
            ReleaseInItsPlace(reason);
            try
            {
                var next = GuardProcess.Start(_program, _options, readyWithin);
                lock (_gate) Instruct(next);
                Reported?.Invoke(new KeeperLost(reason));
                return next;
            }
            catch (IOException e)
            {
                Reported?.Invoke(new KeeperLost($"{reason}; {e.Message}"));
                readyWithin = ReadyWithin;
                Pause();
            }
        }
        LeftBehind.RemoveOrOutlast(_options.Addresses);
        return null;
    }

    private void Pause()
    {
        Span<PollEntry> entries = [new PollEntry((int)_wakeUp.DangerousGetHandle())];
        Descriptors.Poll(entries, (int)RestartPause.TotalMilliseconds);
        Descriptors.Clear(_wakeUp);
    }

    // Everything that the old guard knew, and what was asked for while there was none. A hold is not among it: whoever
    // wanted the addresses hears of the loss and decides.
    private void Instruct(GuardProcess next)
    {
        _pipe = next.Input;
        _guardPid = next.Id;
        if (_releaseFrame.Length > 0) TrySend(GuardRecordKind.ArmRelease, body: _releaseFrame);
        if (_service != 0 || _controlGroup.Length > 0) TrySend(GuardRecordKind.ArmService, _service, _controlGroup);
        TrySend(GuardRecordKind.Extend, Volatile.Read(ref _leaseUntil));
        // It has its own time for what was asked of nobody.
        if (_answer.IsHold)
        {
            _answer.ExpectHold(BootClock.Instance.Now);
            TrySend(GuardRecordKind.Hold, _term.Value);
        }
        if (_answer.IsRelease)
        {
            _answer.ExpectRelease(BootClock.Instance.Now);
            TrySend(GuardRecordKind.Release);
        }
    }

    // A release that the guard did not answer is done here; it is the one case in which the daemon writes addresses.
    private void ReleaseInItsPlace(string reason)
    {
        string asked;
        lock (_gate)
        {
            if (!_answer.IsRelease) return;
            _answer.Forget(BootClock.Instance.Now);
            asked = _releaseReason;
        }
        LeftBehind.RemoveOrOutlast(_options.Addresses);
        Reported?.Invoke(new KeeperNotice($"{reason}; the daemon took the addresses off itself"));
        Reported?.Invoke(new KeeperReleased(asked));
    }
}
