using AkkaFailover.Core.Election;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Simulation;

/// <summary>Two nodes and a service that fails: the real election and the real supervision, for hours of virtual time.</summary>
public class ServiceStories(ITestOutputHelper output)
{
    private static readonly HeartbeatTiming Timing = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600));
    private static readonly ProcessService Plain = HostedService.Plain;
    private static readonly ProcessService Checked = HostedService.Checked with { StartTimeout = TimeSpan.FromSeconds(60) };

    [Fact]
    public void A_service_that_cannot_run_on_one_node_moves_once_and_stays_with_the_other()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = Settled(seed, Plain);
            var (first, second) = Pair(world);
            first.Service!.Lives = () => world.Between(5, 30);
            first.Service.Take(new ServiceInput.ChildEnded(1, "port taken"));
            world.RunFor(TimeSpan.FromMinutes(10));
            world.Require(second is { Role: Role.Active, Service.State: ServiceState.Running }, "the other node does not serve");
            world.Require(first is { Role: Role.Standby }, "the first node is not standby again");
            world.Require(Moves(world) == 1, $"{Moves(world)} moves");
        }
    }

    [Fact]
    public void A_service_that_can_run_on_neither_node_moves_ever_more_seldom_and_the_address_stays_up()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = Settled(seed, Plain);
            foreach (var node in world.Nodes) node.Service!.Lives = () => world.Between(5, 30);
            Pair(world).Active.Service!.Take(new ServiceInput.ChildEnded(1, "port taken"));
            var silent = CountSilence(world, TimeSpan.FromMinutes(1));
            var (minute, launches) = (Moves(world), world.Nodes.Sum(node => node.Service!.Launches));
            silent += CountSilence(world, TimeSpan.FromMinutes(59));
            var hour = Moves(world);
            output.WriteLine($"seed {seed}: {minute} moves in the first minute with {launches} launches, {hour} in an hour, {silent} s without the address");
            world.Require(minute is >= 2 and <= 5, $"{minute} moves in the first minute");
            world.Require(hour <= 20, $"{hour} moves in an hour");
            world.Require(silent <= hour, $"{silent} s without the address in {hour} moves");
        }
    }

    [Fact]
    public void A_node_that_claims_and_cannot_start_the_service_gives_the_role_back_to_the_one_that_returns()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = Settled(seed, Plain);
            var (first, second) = Pair(world);
            second.Service!.Lives = () => world.Between(5, 30);
            first.Die();
            world.RunFor(TimeSpan.FromSeconds(20));
            world.Require(second is { Role: Role.Active, Service.State: not ServiceState.Running }, "the second node, alone, gave the address up");
            first.Boot();
            world.RunFor(TimeSpan.FromSeconds(30));
            world.Require(first is { Role: Role.Active, Service.State: ServiceState.Running }, "the returned node does not serve");
        }
    }

    [Fact]
    public void A_node_that_gave_the_role_away_takes_it_back_when_the_other_dies()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = Settled(seed, Plain);
            var (first, second) = Pair(world);
            for (var i = 0; i <= Plain.MaxRestarts; i++)
            {
                first.Service!.Take(new ServiceInput.ChildEnded(1, "port taken"));
                if (first.Role == Role.Active) world.RunFor(TimeSpan.FromSeconds(9));
            }
            world.RunFor(TimeSpan.FromSeconds(2));
            world.Require(first.Role == Role.Fault && second.Role == Role.Active, "the role has not moved");
            second.Die();
            world.RunFor(TimeSpan.FromSeconds(5));
            world.Require(first is { Role: Role.Active, Answers: true }, "nobody serves although one node could");
        }
    }

    [Fact]
    public void A_service_that_takes_twenty_seconds_to_start_disturbs_nobody()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = Settled(seed, Checked, risesAfter: TimeSpan.FromSeconds(20));
            var (first, second) = Pair(world);
            first.Die();
            world.RunFor(TimeSpan.FromSeconds(5));
            world.Require(second is { Role: Role.Active, Service.State: ServiceState.Preparing }, "the second node has not claimed, or its service is not preparing");
            first.Boot();
            world.RunFor(TimeSpan.FromSeconds(30));
            world.Require(second is { Role: Role.Active, Service.State: ServiceState.Running } && first.Role == Role.Standby, "the slow start moved something");
            world.Require(Moves(world) == 1, $"{Moves(world)} moves");
        }
    }

    [Fact]
    public void A_service_that_never_becomes_ready_is_tried_by_the_other_node_after_the_start_timeout()
    {
        var world = Settled(1, Checked);
        var (first, second) = Pair(world);
        second.Service!.Rises = () => null;
        first.Die();
        world.RunFor(TimeSpan.FromSeconds(5));
        first.Boot();
        world.RunFor(TimeSpan.FromSeconds(54));
        world.Require(second is { Role: Role.Active, Service.State: ServiceState.Preparing }, "the second node has not been given its time");
        world.RunFor(TimeSpan.FromSeconds(8));
        world.Require(first is { Role: Role.Active, Service.State: ServiceState.Running } && second.Role == Role.Fault, "the role has not come back");
    }

    private static World Settled(int seed, ProcessService service, TimeSpan? risesAfter = null)
    {
        var world = new World(seed, new PairTiming(Timing, Timing), Traits.None);
        foreach (var node in world.Nodes)
        {
            node.Serve(service);
            if (risesAfter is { } rises) node.Service!.Rises = () => rises;
            node.Boot();
        }
        world.RunFor(TimeSpan.FromSeconds(40));
        world.Require(Pair(world).Active.Service!.State == ServiceState.Running, "the service does not run");
        world.Forget();
        return world;
    }

    private static (Host Active, Host Standby) Pair(World world)
    {
        var active = world.Nodes.Single(node => node.Role == Role.Active);
        return (active, world.Other(active));
    }

    private static int Moves(World world) => world.Story.Count(line => line.Contains("-> active", StringComparison.Ordinal));

    /// <summary>Seconds at whose end nobody answers for the address.</summary>
    private static int CountSilence(World world, TimeSpan span)
    {
        var silent = 0;
        for (var second = 0; second < span.TotalSeconds; second++)
        {
            world.RunFor(TimeSpan.FromSeconds(1));
            if (!world.Nodes.Any(node => node.Answers)) silent++;
        }
        return silent;
    }
}
