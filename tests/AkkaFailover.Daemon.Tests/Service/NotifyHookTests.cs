using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Service;
using AkkaFailover.Linux.Programs;
using AkkaFailover.Linux.Time;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Service;

public class NotifyHookTests : TestKit
{
    private static readonly EvidenceSummary Evidence = new(PathEvidence.Lost, PathEvidence.Lost, PathEvidence.Unknown);

    private readonly Scripts _scripts = new();

    [Fact]
    public async Task The_command_finds_the_facts_in_its_environment()
    {
        Hook("env | grep ^FAILOVER_ | sort > facts").Tell(Change(Role.Active));
        Assert.Equal(
            """
            FAILOVER_ADDRESSES=192.0.2.222/24 2001:db8::5/64
            FAILOVER_CAUSE=b is gone
            FAILOVER_EVIDENCE=heartbeat lost, cluster lost, lan unknown
            FAILOVER_GROUP=vpn
            FAILOVER_INTERFACE=eth0
            FAILOVER_NODE=a
            FAILOVER_PREVIOUS_ROLE=standby
            FAILOVER_ROLE=active
            FAILOVER_TERM=4

            """, await _scripts.Written("facts"));
    }

    [Fact]
    public async Task Commands_run_one_after_the_other_and_the_newest_facts_win()
    {
        var hook = Hook("while [ ! -e go ]; do sleep 0.01; done; echo $FAILOVER_ROLE >> roles; [ $FAILOVER_ROLE = maintenance ] && mv roles all");
        Role[] roles = [Role.Standby, Role.Replaying, Role.Claiming, Role.Active, Role.Releasing, Role.Fault, Role.Maintenance];
        foreach (var role in roles) hook.Tell(Change(role));
        await File.WriteAllTextAsync(_scripts.Path("go"), "");
        Assert.Equal("standby\nactive\nreleasing\nfault\nmaintenance\n", await _scripts.Written("all"));
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_and_the_next_one_runs()
    {
        var hook = Hook("[ $FAILOVER_ROLE = fault ] && sleep 60; echo $FAILOVER_ROLE > role", TimeSpan.FromMilliseconds(200));
        hook.Tell(Change(Role.Fault));
        hook.Tell(Change(Role.Standby));
        Assert.Equal("standby\n", await _scripts.Written("role"));
    }

    [Fact]
    public void A_command_that_fails_is_logged() => EventFilter.Warning(contains: "ended with 3").ExpectOne(() => Hook("exit 3").Tell(Change(Role.Active)));

    protected override void AfterAll()
    {
        base.AfterAll();
        _scripts.Dispose();
    }

    private static RoleChange Change(Role to) => new(Moment.Zero, Role.Standby, to, new Term(4), "b is gone", Evidence);

    private IActorRef Hook(string script, TimeSpan? timeout = null) => Sys.ActorOf(NotifyHook.Props(
        NodeName.Parse("a"), Scripts.Group(new NoService()), _scripts.Command(script), new ProcessLauncher(), BootClock.Instance, timeout));
}
