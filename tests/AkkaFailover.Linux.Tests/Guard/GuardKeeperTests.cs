using System.Collections.Concurrent;
using System.Diagnostics;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests.Guard;

/// <summary>The daemon's side, with real guards.</summary>
public sealed class GuardKeeperTests : IDisposable
{
    private const string Vip = "10.77.0.222/24";
    private const int SignalStop = 19;
    private const int SignalContinue = 18;

    /// <summary>Longer than a busy machine stands still.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly GuardLab _lab = new();
    private readonly BlockingCollection<KeeperReport> _reports = [];
    private readonly GuardKeeper _keeper;

    public GuardKeeperTests()
    {
        _keeper = _lab.StartKeeper();
        _keeper.Reported += _reports.Add;
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _lab.Dispose();
        _reports.Dispose();
    }

    [Fact]
    public void It_holds_and_releases()
    {
        Hold();
        Assert.True(_lab.Has(Vip));
        _keeper.Release("handover");
        Assert.Equal("handover", Expect<KeeperReleased>().Reason);
        Assert.False(_lab.Has(Vip));
        Assert.Equal(Moment.Zero, _keeper.LeaseUntil);
    }

    [Fact]
    public void Extensions_keep_the_address_past_the_first_lease()
    {
        _keeper.Extend(GuardLab.Now + Lease);
        _keeper.Hold(new Term(8));
        Expect<KeeperHolds>();
        var watch = Stopwatch.StartNew();
        Eventually.True(
            () =>
            {
                _keeper.Extend(GuardLab.Now + Lease);
                return watch.Elapsed > Lease * 1.5 || !_lab.Has(Vip);
            },
            "the extensions");
        Assert.True(_lab.Has(Vip), $"gone after {watch.ElapsedMilliseconds} ms");
        Assert.Contains("lease ended", Expect<KeeperExpired>().Reason, StringComparison.Ordinal);
        Assert.False(_lab.Has(Vip));
    }

    [Fact]
    public void An_extension_allocates_nothing()
    {
        var until = GuardLab.Now;
        _keeper.Extend(until);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) _keeper.Extend(until);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, _keeper.LostExtensions);
    }

    [Fact]
    public void A_killed_guard_is_replaced_and_the_address_can_be_held_on()
    {
        Hold();
        var old = _keeper.GuardPid;
        Processes.Signal(old, Processes.SignalKill);
        Expect<KeeperLost>();
        Assert.NotEqual(old, _keeper.GuardPid);
        Assert.True(_lab.Has(Vip));

        _keeper.Hold(new Term(8));
        Expect<KeeperHolds>();
        _keeper.Release("end");
        Expect<KeeperReleased>();
        Assert.False(_lab.Has(Vip));
    }

    [Fact]
    public void A_new_guard_knows_the_armed_release_and_the_service()
    {
        var frame = GuardLab.Frame();
        using var service = GuardLab.StartService("echo up; sleep 60");
        Hold();
        _keeper.ArmRelease(frame);
        _keeper.ArmService(service.Id);
        Processes.Signal(_keeper.GuardPid, Processes.SignalKill);
        Expect<KeeperLost>();
        _keeper.Hold(new Term(8));
        Expect<KeeperHolds>();

        _keeper.Dispose();
        _lab.UntilSeen(frame, 0.3);
        Assert.True(service.WaitForExit(1000));
        Assert.False(_lab.Has(Vip));
    }

    [Fact]
    public void A_guard_that_does_not_answer_a_release_is_killed_and_the_daemon_does_it()
    {
        Hold();
        Processes.Signal(_keeper.GuardPid, SignalStop);
        var (watch, running) = (Stopwatch.StartNew(), RunningTime.StartNew());
        _keeper.Release("higher term");
        Assert.Equal("higher term", Expect<KeeperReleased>().Reason);
        Assert.False(_lab.Has(Vip));
        Assert.True(watch.ElapsedMilliseconds >= 90);
        Assert.InRange(running.Elapsed.TotalMilliseconds, 0, 400);
        Expect<KeeperLost>();
    }

    [Fact]
    public void A_guard_that_stops_renewing_is_replaced()
    {
        Hold();
        Processes.Signal(_keeper.GuardPid, SignalStop);
        Expect<KeeperLost>();
    }

    [Fact]
    public void A_guard_that_hangs_while_it_holds_nothing_is_replaced_before_a_claim_needs_it()
    {
        var stuck = _keeper.GuardPid;
        Processes.Signal(stuck, SignalStop);
        Assert.Contains("did not answer", Expect<KeeperLost>().Reason, StringComparison.Ordinal);
        Assert.NotEqual(stuck, _keeper.GuardPid);
        Hold();
    }

    [Fact]
    public void A_guard_that_holds_nothing_and_answers_stays()
    {
        var guard = _keeper.GuardPid;
        Assert.False(_reports.TryTake(out var report, TimeSpan.FromSeconds(3)), $"{report}");
        Hold();
        _keeper.Release("end");
        Expect<KeeperReleased>();
        Assert.False(_reports.TryTake(out report, TimeSpan.FromSeconds(2)), $"{report}");
        Assert.Equal(guard, _keeper.GuardPid);
    }

    [Fact]
    public void A_replacement_that_is_slow_is_reported_before_it_runs()
    {
        _keeper.Dispose();
        // The first start and the third are a guard's.
        using var other = new OtherGuard($"""
            [ $(wc -l < "$0.starts") = 2 ] && exec sleep 60
            exec '{GuardProgram.Find()}' "$@"
            """);
        using var keeper = _lab.StartKeeper();
        keeper.Reported += report => _reports.Add(report is KeeperLost && keeper.GuardPid != 0 ? new KeeperNotice("replaced") : report);
        var (watch, running) = (Stopwatch.StartNew(), RunningTime.StartNew());
        Processes.Signal(keeper.GuardPid, Processes.SignalKill);
        Assert.Contains("did not report", Expect<KeeperLost>().Reason, StringComparison.Ordinal);
        Assert.True(watch.ElapsedMilliseconds >= 900);
        Assert.InRange(running.Elapsed.TotalMilliseconds, 0, 2000);
        Assert.Equal("replaced", Expect<KeeperNotice>().Text);
    }

    [Fact]
    public void A_guard_that_was_stopped_past_the_lease_releases_as_it_wakes()
    {
        _keeper.Extend(GuardLab.Now + TimeSpan.FromMilliseconds(300));
        _keeper.Hold(new Term(8));
        Expect<KeeperHolds>();
        // For less than the keeper minds.
        Processes.Signal(_keeper.GuardPid, SignalStop);
        var lease = _keeper.LeaseUntil;
        Eventually.True(() => GuardLab.Now > lease + TimeSpan.FromMilliseconds(100), "the lease's end");
        Processes.Signal(_keeper.GuardPid, SignalContinue);
        Expect<KeeperExpired>();
        Assert.False(_lab.Has(Vip));
    }

    [Fact]
    public void A_replacement_has_its_own_time_for_a_hold_that_waited_for_it()
    {
        _keeper.Dispose();
        // But for the first one slower to start than a hold may take, and 0.05 s late with each record.
        using var other = new OtherGuard($"""
            [ $(wc -l < "$0.starts") = 1 ] && exec '{GuardProgram.Find()}' "$@"
            sleep 0.4
            '{GuardProgram.Find()}' "$@" | while dd bs={GuardRecord.Length} count=1 iflag=fullblock status=none && kill -0 $$; do sleep 0.05; done
            """);
        using var keeper = _lab.StartKeeper();
        keeper.Reported += _reports.Add;
        keeper.Extend(GuardLab.Now + TimeSpan.FromSeconds(60));
        Processes.Signal(keeper.GuardPid, Processes.SignalKill);
        Eventually.True(() => other.Starts == 2, "the replacement");
        keeper.Hold(new Term(8));
        Expect<KeeperLost>();
        Assert.Equal(new Term(8), Expect<KeeperHolds>().Term);
    }

    [Fact]
    public void A_missing_program_is_named()
    {
        Environment.SetEnvironmentVariable(GuardProgram.Variable, "/nonexistent/guard");
        try
        {
            Assert.Contains("/nonexistent/guard", Assert.Throws<FileNotFoundException>(GuardProgram.Find).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(GuardProgram.Variable, null);
        }
    }

    private void Hold()
    {
        _keeper.Extend(GuardLab.Now + TimeSpan.FromSeconds(60));
        _keeper.Hold(new Term(8));
        Assert.Equal(new Term(8), Expect<KeeperHolds>().Term);
    }

    private T Expect<T>()
        where T : KeeperReport
    {
        var within = RunningTime.StartNew();
        while (within.Elapsed < TimeSpan.FromSeconds(6))
            if (_reports.TryTake(out var report, 6000) && report is T wanted) return wanted;
        throw new TimeoutException($"no {typeof(T).Name} within 6 s");
    }

    /// <summary>A script in the guard's place, which writes down its starts in a file beside it.</summary>
    private sealed class OtherGuard : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("other-guard-");
        private readonly string _program;

        public OtherGuard(string script)
        {
            _program = Path.Combine(_folder.FullName, GuardProgram.Name);
            File.WriteAllText(_program, $"#!/bin/bash\necho >> \"$0.starts\"\n{script}");
            File.SetUnixFileMode(_program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Environment.SetEnvironmentVariable(GuardProgram.Variable, _program);
        }

        public int Starts => File.ReadAllLines($"{_program}.starts").Length;

        public void Dispose()
        {
            Environment.SetEnvironmentVariable(GuardProgram.Variable, null);
            _folder.Delete(recursive: true);
        }
    }
}
