using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Every role meets every input, and random walks through both: what must hold whatever happens.</summary>
public class EveryStateEveryInputTests
{
    private static readonly IReadOnlyDictionary<Role, Func<Scenario>> Roles = new Dictionary<Role, Func<Scenario>>
    {
        [Role.Starting] = () => new Scenario().Begin(),
        [Role.Standby] = () => new Scenario().StandbyOf(3),
        [Role.Replaying] = () => new Scenario().StandbyOf(3).Wait(605),
        [Role.Claiming] = () =>
        {
            var node = new Scenario().StandbyOf(3).Wait(605);
            return node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(60);
        },
        [Role.Active] = () => new Scenario().ActiveAlone(),
        [Role.Releasing] = () => new Scenario().ActiveAlone().Input(new StopRequested("test")),
        [Role.Fault] = () => new Scenario().StandbyOf(3).Input(new CarrierChanged(false, "carrier lost")),
        [Role.Maintenance] = () => new Scenario().StandbyOf(3).Input(new PauseRequested(true, "test")),
    };

    private const int LastInput = 31;

    private static readonly Gen<ElectionInput> AnyInput = Gen.Select(Gen.Int[0, LastInput], Gen.UInt[0, 12], Gen.Bool, Gen.Bool)
        .Select((which, term, yes, also) => Make(which, new Term(term), yes, also));

    public static TheoryData<Role, int> Pairs()
    {
        var data = new TheoryData<Role, int>();
        foreach (var role in Enum.GetValues<Role>())
        {
            for (var input = 0; input <= LastInput; input++) data.Add(role, input);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void No_role_is_surprised_by_any_input(Role role, int which)
    {
        foreach (var term in new uint[] { 0, 2, 3, 4, 5, 200_000 })
        {
            foreach (var (yes, also) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                var node = Roles[role]();
                Assert.Equal(role, node.Role);
                node.Forget();
                Check(node, Make(which, new Term(term), yes, also));
                node.Wait(3_000);
            }
        }
    }

    [Fact]
    public void Random_walks_never_break_a_promise()
    {
        Gen.Select(AnyInput, Gen.Int[0, 700]).Array[1, 60].Sample(steps =>
        {
            var node = new Scenario().Begin();
            foreach (var (input, pause) in steps)
            {
                node.Wait(pause).Forget();
                Check(node, input);
            }
        }, iter: 3_000);
    }

    private static void Check(Scenario node, ElectionInput input)
    {
        var before = node.State;
        // Made before it is known when it comes: its echo says how old it is.
        node.Input(input is PeerReleased { Echo: { } age } release ? release with { Echo = node.Now - (age - Moment.Zero) } : input);
        var after = node.State;
        Assert.True(after.Terms.HighestSeen >= before.Terms.HighestSeen, "terms never go back");
        Assert.True(after.Terms.Reserved == Term.None || node.Settings.Terms.Owns(after.Terms.Reserved), "only own terms are reserved");
        Assert.Equal(after.HoldsOrClaims, after.Terms.Held != Term.None);
        Assert.All(node.Reports, report => Assert.All(report.Phases, phase => Assert.True(phase.Milliseconds >= 0, report.Text)));
        Assert.Equal(after.Role == Role.Releasing, after.Release is not null);
        if (after.Role == Role.Active) Assert.Equal(AddressProbe.Idle, after.Probe);
        if (node.Has<ClaimAddresses>()) Assert.Equal(Role.Claiming, after.Role);
        if (before.Role == Role.Active && after.Role is not (Role.Active or Role.Releasing)) Assert.True(node.Has<ReleaseAddresses>());
        Assert.All(node.All<RoleChanged>(), changed => Assert.NotEmpty(changed.Change.Cause));
        if (input is HandoverRequested or TakeoverForced or PauseRequested or ServiceRestartRequested) Assert.Single(node.All<AnswerOperator>());
        Assert.NotEmpty(ElectionExplanation.Explain(after, node.Now, node.Settings));
    }

    private static ElectionInput Make(int which, Term term, bool yes, bool also) => which switch
    {
        0 => new Tick(),
        1 => new TermReserved(new Term(term.Value & ~1u)),
        2 => new AdvertHeard(new AdvertSummary(term, Released: false, Outranks: yes, "192.0.2.2")),
        3 => new AdvertHeard(new AdvertSummary(term, Released: true, Outranks: yes, "192.0.2.2")),
        4 => yes ? new AddressAnswered() : new AddressNotAsked(),
        5 => new NeighboursReported(new LanReport(yes, also ? 2 : 0, 0, 0) { OthersAsked = 2 }),
        6 => new LinkChanged(yes ? LinkStatus.Connected : LinkStatus.Lost, "test"),
        7 => new LinkChanged(LinkStatus.Refused, "test"),
        8 => new PeerGreeted(new PeerGreeting(new HeartbeatTiming(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(yes ? 300 : 900)))),
        9 => new BeatHeard(Scenario.PeerIs(Role.Active, term.Value, hears: yes)),
        10 => new BeatHeard(Scenario.PeerIs(Role.Standby, highest: term.Value, eligible: yes, hears: also)),
        11 => new BeatHeard(Scenario.PeerIs(Role.Starting, highest: term.Value)),
        12 => new BeatHeard(Scenario.PeerIs(Role.Replaying, term.Value)),
        13 => new PeerReleased(term, yes ? Moment.Zero : also ? null : new Moment(1_000_000_000)),
        14 => new CarrierChanged(yes, yes ? "carrier back" : "carrier lost"),
        15 => new ServiceChanged(yes ? ServiceState.Failed : also ? ServiceState.Failing : ServiceState.Stopped, "test") { Unfit = yes || also },
        16 => new ServiceChanged(yes ? ServiceState.Running : ServiceState.None, "test"),
        17 => new ReplicaChanged(new ReplicaPosition(1, "", yes, also ? JournalState.Usable : yes ? JournalState.Broken : JournalState.Unread)),
        18 => new CaughtUp(term, 1, "", yes ? 2 : 0),
        19 => new ReplayFailed(term, "test"),
        20 => new ReplicaFlushed(),
        21 => new AddressesHeld(term),
        22 => new AddressesFailed(term, "test"),
        23 => new AddressesReleased("test"),
        24 => yes ? new LeaseLost("test") : new LocalFault("test"),
        25 => yes ? new HandoverRequested("test") : new TakeoverForced("test"),
        26 => new PauseRequested(yes, "test"),
        27 => new StopRequested("test"),
        28 => new StandbyChecked(yes ? "check test: down (3 in a row)" : ""),
        29 => new ServiceRestartRequested("test"),
        30 => new LanContact(yes),
        31 => new TermRefused(term),
        _ => throw new ArgumentOutOfRangeException(nameof(which)),
    };
}
