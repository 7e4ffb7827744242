using System.Diagnostics;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests.Guard;

/// <summary>The guard as a process of its own, without its keeper.</summary>
public sealed class GuardProcessTests : IDisposable
{
    private const string Vip = "10.77.0.222/24";
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);

    private readonly GuardLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void It_holds_the_address_while_the_lease_runs_and_takes_it_off_at_its_end()
    {
        var lease = TimeSpan.FromMilliseconds(1500);
        var end = GuardLab.Now + lease;
        using var guard = _lab.StartHolding(lease);
        var running = RunningTime.StartNew();
        Eventually.True(() => !_lab.Has(Vip) || GuardLab.Now > end - TimeSpan.FromMilliseconds(100), "the lease");
        Assert.True(_lab.Has(Vip) || GuardLab.Now >= end, "gone before the lease ended");

        Assert.Contains("lease ended", GuardLab.Expect(guard, GuardRecordKind.Expired), StringComparison.Ordinal);
        Assert.False(_lab.Has(Vip));
        Assert.InRange(running.Elapsed.TotalMilliseconds, 0, 1700);
        guard.Close();
    }

    [Fact]
    public void It_refuses_to_hold_without_a_lease()
    {
        using var guard = _lab.StartGuard();
        GuardLab.Send(guard, GuardRecordKind.Extend, GuardLab.Now.Nanoseconds - 1);
        GuardLab.Send(guard, GuardRecordKind.Hold, 7);
        Assert.Contains("no lease", GuardLab.Expect(guard, GuardRecordKind.Refused), StringComparison.Ordinal);
        Assert.False(_lab.Has(Vip));
        guard.Close();
    }

    [Fact]
    public void The_lease_ends_when_the_pipe_closes()
    {
        var frame = GuardLab.Frame();
        using var service = GuardLab.StartService("echo up; sleep 60");
        using var guard = _lab.StartHolding(LongLease);
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        GuardLab.Send(guard, GuardRecordKind.ArmService, service.Id);
        guard.Input.Dispose();

        _lab.UntilGone(Vip, 0.3);
        _lab.UntilSeen(frame, 0.3);
        Assert.True(service.WaitForExit(1000), "the service goes on");
        guard.Close();
        Assert.Equal(0, LockFile.HolderOf(_lab.Options.LockFile));
    }

    [Fact]
    public void The_lease_ends_when_whoever_holds_the_pipe_is_killed()
    {
        // cat stands for the daemon: the write end of the guard's pipe is its own.
        var command = $"cat | '{GuardProgram.Find()}' {string.Join(' ', _lab.Options.ToArguments().Select(a => $"'{a}'"))}";
        using var shell = _lab.Space.Run(() => Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!);
        Span<byte> records = stackalloc byte[2 * GuardRecord.Length];
        GuardRecord.Write(records, GuardRecordKind.Extend, (GuardLab.Now + LongLease).Nanoseconds);
        GuardRecord.Write(records[GuardRecord.Length..], GuardRecordKind.Hold, 7);
        shell.StandardInput.BaseStream.Write(records);
        shell.StandardInput.BaseStream.Flush();
        Eventually.True(() => _lab.Has(Vip), "the address on");

        var daemon = int.Parse(Shell.Run("pgrep", "-P", $"{shell.Id}", "-x", "cat"));
        Processes.Signal(daemon, Processes.SignalKill);
        _lab.UntilGone(Vip, 0.3);
        Assert.True(shell.WaitForExit(2000));
    }

    [Fact]
    public void The_kernel_drops_the_address_when_daemon_and_guard_are_both_killed()
    {
        using var guard = _lab.StartHolding(LongLease);
        guard.Kill();
        Assert.True(_lab.Has(Vip));
        Assert.True(_lab.UntilGone(Vip, 1.5) > TimeSpan.FromMilliseconds(500));
    }

    [Theory]
    [InlineData(Processes.SignalTerminate)]
    [InlineData(Processes.SignalInterrupt)]
    [InlineData(Processes.SignalHangUp)]
    public void It_ignores_polite_requests_to_stop(int signal)
    {
        using var guard = _lab.StartHolding(LongLease);
        Processes.Signal(guard.Id, signal);
        GuardLab.Send(guard, GuardRecordKind.Release);
        GuardLab.Expect(guard, GuardRecordKind.Released);
        guard.Close();
    }

    [Fact]
    public void At_the_lease_end_the_service_is_asked_to_end_before_the_release_goes_out()
    {
        var frame = GuardLab.Frame();
        using var service = GuardLab.StartService("trap 'echo goodbye; exit 3' TERM; echo up; while :; do sleep 0.01; done");
        using var guard = _lab.StartHolding(TimeSpan.FromMilliseconds(300));
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        GuardLab.Send(guard, GuardRecordKind.ArmService, service.Id);

        GuardLab.Expect(guard, GuardRecordKind.Expired);
        _lab.UntilSeen(frame, 0.3);
        Assert.True(service.WaitForExit(1000));
        Assert.Equal("goodbye", service.StandardOutput.ReadLine());
        guard.Close();
    }

    [Fact]
    public void A_service_that_ignores_SIGTERM_is_killed_and_does_not_delay_the_removal()
    {
        var frame = GuardLab.Frame();
        using var service = GuardLab.StartService("trap '' TERM; echo up; sleep 60");
        using var guard = _lab.StartHolding(TimeSpan.FromMilliseconds(300));
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        GuardLab.Send(guard, GuardRecordKind.ArmService, service.Id);

        GuardLab.Expect(guard, GuardRecordKind.Expired);
        Assert.False(_lab.Has(Vip));
        Assert.False(service.HasExited);
        _lab.UntilSeen(frame, 0.4);
        Assert.True(service.WaitForExit(1000));
        guard.Close();
    }

    [Fact]
    public void A_new_term_does_not_inherit_the_release_of_the_old_one()
    {
        var (old, next) = (GuardLab.Frame(), GuardLab.Frame());
        using var service = GuardLab.StartService("trap '' TERM; echo up; sleep 60");
        using var guard = _lab.StartHolding(TimeSpan.FromMilliseconds(300));
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: old);
        GuardLab.Send(guard, GuardRecordKind.ArmService, service.Id);
        GuardLab.Expect(guard, GuardRecordKind.Expired);

        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: next);
        GuardLab.Send(guard, GuardRecordKind.Extend, (GuardLab.Now + LongLease).Nanoseconds);
        GuardLab.Send(guard, GuardRecordKind.Hold, 9);
        GuardLab.Expect(guard, GuardRecordKind.Held);
        _lab.UntilSeen(old, 0.3);
        Assert.Throws<TimeoutException>(() => _lab.UntilSeen(next, 0.3));
        Assert.True(_lab.Has(Vip));
        Assert.True(service.WaitForExit(1000));
        guard.Close();
    }

    [Fact]
    public void After_a_release_as_asked_it_sends_nothing_of_its_own()
    {
        var frame = GuardLab.Frame();
        using var guard = _lab.StartHolding(LongLease);
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        GuardLab.Send(guard, GuardRecordKind.Release);
        GuardLab.Expect(guard, GuardRecordKind.Released);
        Assert.False(_lab.Has(Vip));
        guard.Close();
        Assert.Throws<TimeoutException>(() => _lab.UntilSeen(frame, 0.1));
    }

    [Fact]
    public void Told_that_the_lease_is_over_it_releases_by_itself()
    {
        var frame = GuardLab.Frame();
        using var service = GuardLab.StartService("trap '' TERM; echo up; sleep 60");
        using var guard = _lab.StartHolding(LongLease);
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        GuardLab.Send(guard, GuardRecordKind.ArmService, service.Id);

        GuardLab.Send(guard, GuardRecordKind.EndLease);
        GuardLab.Expect(guard, GuardRecordKind.Expired);
        Assert.False(_lab.Has(Vip));
        _lab.UntilSeen(frame, 0.4);
        Assert.True(service.WaitForExit(1000));
        guard.Close();
    }

    [Fact]
    public void An_address_that_a_stranger_took_away_is_put_back()
    {
        using var guard = _lab.StartHolding(LongLease);
        _lab.Space.Ip($"addr del {Vip} dev eth0");
        Eventually.True(() => _lab.Has(Vip), "the address back", seconds: 0.3);
        GuardLab.Expect(guard, GuardRecordKind.Notice);
        guard.Close();
    }

    [Fact]
    public void A_guard_that_was_frozen_until_the_kernel_dropped_the_address_does_not_put_it_back()
    {
        using var guard = _lab.StartHolding(TimeSpan.FromMilliseconds(500));
        Processes.Signal(guard.Id, SignalStop);
        _lab.UntilGone(Vip, 1.6);
        using var events = _lab.Space.Run(() => RawSockets.OpenRoute(NetlinkFormat.GroupIPv4Address, out _));
        Processes.Signal(guard.Id, SignalContinue);

        Assert.Contains("the lease ended", GuardLab.Expect(guard, GuardRecordKind.Expired), StringComparison.Ordinal);
        Assert.True(RawSockets.Receive(events, new byte[4096], wait: false) < 0, "the address was written");
        guard.Close();
    }

    [Fact]
    public void No_release_goes_out_where_the_address_may_still_be_on()
    {
        var frame = GuardLab.Frame();
        using var guard = _lab.StartHolding(LongLease);
        GuardLab.Send(guard, GuardRecordKind.ArmRelease, body: frame);
        // The kernel's answers do not reach it any more.
        using var strace = Shell.Start("strace", "-p", $"{guard.Id}", "-o", "/dev/null", "-e", "inject=recvfrom:error=EPERM");

        Assert.Contains("could not be removed", GuardLab.Expect(guard, GuardRecordKind.Expired), StringComparison.Ordinal);
        guard.Close();
        strace.WaitForExit();
        Assert.Throws<TimeoutException>(() => _lab.UntilSeen(frame, 0.3));
    }

    [Fact]
    public void It_releases_when_the_interface_is_deleted()
    {
        using var guard = _lab.StartHolding(LongLease);
        _lab.Space.Ip("link del eth0");
        Assert.Contains("interface eth0 is gone", GuardLab.Expect(guard, GuardRecordKind.Expired), StringComparison.Ordinal);
        guard.Close();
    }

    [Fact]
    public void It_refuses_an_interface_that_does_not_exist()
    {
        _lab.Options = _lab.OptionsFor(Vip, "198.51.100.9/24 dev eth7");
        using var guard = _lab.StartGuard();
        GuardLab.Send(guard, GuardRecordKind.Extend, (GuardLab.Now + LongLease).Nanoseconds);
        GuardLab.Send(guard, GuardRecordKind.Hold, 7);
        Assert.Contains("interface eth7 is gone", GuardLab.Expect(guard, GuardRecordKind.Refused), StringComparison.Ordinal);
        Assert.False(_lab.Has(Vip));
        guard.Close();
    }

    [Fact]
    public void An_IPv6_address_is_usable_at_once_and_leaves_the_subnets_route_alone()
    {
        _lab.Options = _lab.OptionsFor("2001:db8::5/64");
        _lab.Space.Ip("addr add 2001:db8::1/64 dev eth0 nodad");
        using var guard = _lab.StartHolding(LongLease);
        Assert.DoesNotContain("tentative", _lab.Space.Ip("-6 addr show dev eth0 to 2001:db8::5"), StringComparison.Ordinal);
        GuardLab.Send(guard, GuardRecordKind.Release);
        GuardLab.Expect(guard, GuardRecordKind.Released);
        Assert.False(_lab.Has("2001:db8::5/64"));
        Assert.True(_lab.Has("2001:db8::1/64"));
        Assert.DoesNotContain("expires", _lab.Space.Ip("-6 route show 2001:db8::/64 dev eth0"), StringComparison.Ordinal);
        Assert.Contains("2001:db8::/64", _lab.Space.Ip("-6 route show 2001:db8::/64 dev eth0"), StringComparison.Ordinal);
        guard.Close();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_hosts_own_address_of_the_subnet_survives(bool ownComesLater)
    {
        if (ownComesLater) _lab.Space.Ip("addr del 10.77.0.1/24 dev eth0");
        using var guard = _lab.StartHolding(LongLease);
        if (ownComesLater) _lab.Space.Ip("addr add 10.77.0.1/24 dev eth0");
        GuardLab.Send(guard, GuardRecordKind.Release);
        GuardLab.Expect(guard, GuardRecordKind.Released);
        Assert.False(_lab.Has(Vip));
        Assert.True(_lab.Has("10.77.0.1/24"));
        Assert.Contains("10.77.0.0/24", _lab.Space.Ip("route show dev eth0"), StringComparison.Ordinal);
        guard.Close();
    }

    [Fact]
    public void A_second_guard_of_the_group_does_not_run()
    {
        using var guard = _lab.StartGuard();
        var refused = Assert.Throws<IOException>(_lab.StartGuard);
        Assert.Contains($"is locked by process {guard.Id}", refused.Message, StringComparison.Ordinal);
        guard.Close();
    }

    [Fact]
    public void A_cleanup_ends_an_old_guard_and_removes_its_addresses()
    {
        using var guard = _lab.StartHolding(LongLease);
        Processes.Signal(guard.Id, SignalStop);
        var result = _lab.Space.Run(() => GuardCleanup.Run(_lab.Options));
        Assert.Equal(guard.Id, result.EndedGuard);
        Assert.Equal([Vip], result.RemovedAddresses.Select(a => a.ToString()));
        Assert.False(_lab.Has(Vip));
        Assert.True(_lab.Has("10.77.0.1/24"));
    }

    [Fact]
    public void A_cleanup_finds_nothing_where_nothing_ran()
    {
        var result = _lab.Space.Run(() => GuardCleanup.Run(_lab.Options));
        Assert.Equal(0, result.EndedGuard);
        Assert.Empty(result.RemovedAddresses);
    }

}
