using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Simulation;

/// <summary>Decisions with one thing broken are found out, each by the invariant that is there for it: what no broken decision can violate judges nothing.</summary>
public class JudgeTests(ITestOutputHelper output)
{
    private const int Seeds = 3_000;

    private static readonly Dictionary<string, Decisions> Broken = new()
    {
        ["keeps the address"] = Says(effects => effects.Where(effect => effect is not ReleaseAddresses)),
        ["hears nobody"] = Hears(input => input is not (AdvertHeard or BeatHeard)),
        ["takes an answer for the address for none"] = Hears(input => input is not AddressAnswered),
        ["believes that the witness answers"] = Steps((state, input, now, settings) => ElectionMachine.Step(state with { Contact = state.Contact with { Witness = now, Reached = now } }, input, now, settings)),
        ["always has a second to reach somebody"] = Steps(HasASecond),
        ["has a lease twice as long"] = Says(effects => effects.Select(effect => effect is StartAdverts start ? start with { Lease = start.Lease * 2 } : effect)),
        ["never yields"] = Steps((state, input, now, settings) => ElectionMachine.Step(state, state.Role == Role.Active && input is (AdvertHeard or BeatHeard) ? new Tick() : input, now, settings)),
        ["goes below a term that it has heard of"] = Advertises((state, _, term) => state.Terms.Foreign.Value > 1 ? new Term(state.Terms.Foreign.Value - 1) : term),
        ["takes its last term again"] = Advertises((state, settings, term) => settings.Terms.Owns(state.Terms.Lived) ? state.Terms.Lived : term),
        ["takes a term that is not on its disk"] = Advertises((_, _, term) => new Term(term.Value + 2)),
        ["takes the other one's terms"] = Steps((state, input, now, settings) => ElectionMachine.Step(state, input, now, settings with { Terms = new TermSeries(0, 1) })),
        ["stops with the address on"] = Steps(StopsWithTheAddressOn),
        ["stays in fault"] = Steps((state, input, now, settings) =>
            ElectionMachine.Step(state.Role == Role.Fault ? state with { Local = state.Local with { FaultUntil = Moment.Never } } : state, input, now, settings)),
        ["hands over by itself"] = Steps((state, input, now, settings) =>
            ElectionMachine.Step(state, state.Role == Role.Active && input is Tick && now - state.HeldSince > TimeSpan.FromSeconds(15) ? new HandoverRequested("nobody") : input, now, settings)),
        ["changes its role without a word"] = Says(effects => effects.Where(effect => effect is not RoleChanged { Change.To: Role.Fault })),
        ["gives no cause"] = Says(effects => effects.Select(effect => effect is RoleChanged { Change: var change } ? new RoleChanged(change with { Cause = "" }) : effect)),
        ["claims before the replay"] = Steps(ClaimsAtOnce),
        ["never claims"] = Says(effects => effects.Where(effect => effect is not BeginReplay)),
        ["claims although it may lack something"] = Steps((state, input, now, settings) => ElectionMachine.Step(state, input, now, settings with { ClaimWhenStale = true })),
        ["acknowledges what is still to be written"] = Decisions.Real with { Replica = AcknowledgesAtOnce },
        ["throws away what both have before it claims"] = Decisions.Real with { Replica = ForgetsBeforeItClaims },
        ["sends no changes"] = Puts(output => output is Send { Message: Append } ? null : output),
        ["does not write what it takes back"] = Puts(output => output is Persist persist ? persist with { Events = persist.Events.RemoveAll(happened => happened is Aborted or Truncated) } : output),
        ["says that what is here is on both disks"] = Answers(outcome => outcome is Acknowledged(var version, _) ? new Acknowledged(version, true) : outcome),
        ["refuses what it keeps"] = Answers(outcome => outcome is Acknowledged ? new Refused("test", Uncertain: false) : outcome),
        ["always has everything"] = Puts(output => output is Inform { Input: CaughtUp caught } ? new Inform(caught with { MissingVersions = 0 }) : output),
        ["never goes on alone"] = Decisions.Real with
        {
            Replica = (replica, input, now, wall, rules) => ReplicaMachine.Step(replica with { DecidesAloneFrom = now + ReplicaRules.LastWord }, input, now, wall, rules),
        },
        ["never counts the other one in sync"] = Puts(output => output is Send { Message: ReplicaEcho echo } ? new Send(echo with { InSync = false }) : output),
        ["forgets what it took back"] = Puts(output => output is Send { Message: Orphaned } ? null : output),
    };

    [Theory]
    [InlineData("keeps the address", "two holders|stopped with the address on")]
    [InlineData("hears nobody", "two holders|although it has heard of")]
    [InlineData("takes an answer for the address for none", "two holders")]
    [InlineData("believes that the witness answers", "two holders")]
    [InlineData("always has a second to reach somebody", "two holders")]
    [InlineData("has a lease twice as long", "two holders")]
    [InlineData("never yields", "two holders|nobody serves")]
    [InlineData("goes below a term that it has heard of", "although it has heard of")]
    [InlineData("takes its last term again", "and has advertised with")]
    [InlineData("takes a term that is not on its disk", "on its disk")]
    [InlineData("takes the other one's terms", "which has been used before")]
    [InlineData("stops with the address on", "stopped with the address on")]
    [InlineData("stays in fault", "half a minute after everything was mended")]
    [InlineData("hands over by itself", "moves without need")]
    [InlineData("changes its role without a word", "has told of")]
    [InlineData("gives no cause", "without a cause")]
    [InlineData("claims before the replay", "before the replay was complete")]
    [InlineData("never claims", "nobody serves")]
    [InlineData("claims although it may lack something", "a stale claim, which is off")]
    [InlineData("acknowledges what is still to be written", "acknowledged before it was on disk")]
    [InlineData("throws away what both have before it claims", "which was acknowledged as being on both")]
    [InlineData("sends no changes", "two histories in the end")]
    [InlineData("does not write what it takes back", "writes what its journal does not take")]
    [InlineData("says that what is here is on both disks", "said to be on both disks, and is not")]
    [InlineData("refuses what it keeps", "was refused, and is an entry")]
    [InlineData("always has everything", "misses nothing it says")]
    [InlineData("never goes on alone", "a change waits at")]
    [InlineData("never counts the other one in sync", "nobody claims, although")]
    [InlineData("forgets what it took back", "neither an entry nor a conflict")]
    public void A_node_that_is_broken_is_found_out(string how, string complaints)
    {
        var found = Enumerable.Range(1, Seeds).Select(seed => (Seed: seed, Complaint: Complaint(seed, Broken[how]))).FirstOrDefault(found => found.Complaint.Length > 0);
        output.WriteLine($"seed {found.Seed}: {found.Complaint}");
        Assert.Contains(complaints.Split('|'), complaint => found.Complaint?.Contains(complaint, StringComparison.Ordinal) == true);
    }

    private static string Complaint(int seed, Decisions decisions)
    {
        try
        {
            Schedule.Run(seed, unlike: false, tells: false, decisions);
            return "";
        }
        catch (InvariantException broken)
        {
            return broken.Message.Split('\n')[0];
        }
    }

    /// <summary>Also where the other one was there a moment ago.</summary>
    private static (ElectionState State, IReadOnlyList<ElectionEffect> Effects) HasASecond(ElectionState state, ElectionInput input, Moment now, ElectionSettings settings)
    {
        var contact = state.Contact;
        var reached = new[] { state.HeldSince, state.Link.LastBeat, contact.Peer, contact.Witness }.Max() ?? now;
        if (state.Role != Role.Active || now - reached >= TimeSpan.FromSeconds(1)) return ElectionMachine.Step(state, input, now, settings);
        var patience = settings.Timing.Deadline - settings.Timing.Interval - TimeSpan.FromMilliseconds(1);
        return ElectionMachine.Step(state with { Contact = contact with { Reached = Moment.Max(contact.Reached, now - patience) } }, input, now, settings);
    }

    private static (ElectionState State, IReadOnlyList<ElectionEffect> Effects) ClaimsAtOnce(ElectionState state, ElectionInput input, Moment now, ElectionSettings settings)
    {
        var (next, effects) = ElectionMachine.Step(state, input, now, settings);
        if (effects.OfType<BeginReplay>().FirstOrDefault() is not { } begin) return (next, effects);
        var (after, more) = ElectionMachine.Step(next, new CaughtUp(begin.Term, 0, "", 0), now, settings);
        return (after, [.. effects, .. more]);
    }

    private static (ElectionState State, IReadOnlyList<ElectionEffect> Effects) StopsWithTheAddressOn(ElectionState state, ElectionInput input, Moment now, ElectionSettings settings)
    {
        var (next, effects) = ElectionMachine.Step(state, input, now, settings);
        return (next, [.. effects.Where(effect => !next.Stopping || effect is not ReleaseAddresses)]);
    }

    private static (ReplicaNode Next, IReadOnlyList<ReplicaOutput> Outputs) AcknowledgesAtOnce(ReplicaNode replica, ReplicaInput input, Moment now, DateTimeOffset wall, ReplicaRules rules)
    {
        var (next, outputs) = ReplicaMachine.Step(replica, input, now, wall, rules);
        if (input is not ChangeRequested change || next.State.Last == replica.State.Last) return (next, outputs);
        return (next, [.. outputs, new Answer(change.Request, change.Key, new Acknowledged(next.State.Last, false))]);
    }

    private static (ReplicaNode Next, IReadOnlyList<ReplicaOutput> Outputs) ForgetsBeforeItClaims(ReplicaNode replica, ReplicaInput input, Moment now, DateTimeOffset wall, ReplicaRules rules)
    {
        var onBoth = replica.State.Replicated;
        if (input is not RoleOrdered { Order: BeginReplay } || replica.Mode != ReplicaMode.Following || onBoth <= replica.State.Start.Version)
            return ReplicaMachine.Step(replica, input, now, wall, rules);
        var (without, outputs) = ReplicaMachine.Step(replica, new PeerSaid(new Cut(replica.Term, replica.Stream, replica.MarkAt(onBoth))), now, wall, rules);
        var (next, more) = ReplicaMachine.Step(without, input, now, wall, rules);
        return (next, [.. outputs, .. more]);
    }

    private static Decisions Steps(ElectionStep step) => Decisions.Real with { Election = step };

    private static Decisions Hears(Func<ElectionInput, bool> hears) =>
        Steps((state, input, now, settings) => ElectionMachine.Step(state, hears(input) ? input : new Tick(), now, settings));

    private static Decisions Says(Func<IEnumerable<ElectionEffect>, IEnumerable<ElectionEffect>> says) => Steps((state, input, now, settings) =>
    {
        var (next, effects) = ElectionMachine.Step(state, input, now, settings);
        return (next, [.. says(effects)]);
    });

    private static Decisions Advertises(Func<ElectionState, ElectionSettings, Term, Term> term) => Steps((state, input, now, settings) =>
    {
        var (next, effects) = ElectionMachine.Step(state, input, now, settings);
        return (next, [.. effects.Select(effect => effect is StartAdverts start ? start with { Term = term(state, settings, start.Term) } : effect)]);
    });

    private static Decisions Puts(Func<ReplicaOutput, ReplicaOutput?> puts) => Decisions.Real with
    {
        Replica = (replica, input, now, wall, rules) =>
        {
            var (next, outputs) = ReplicaMachine.Step(replica, input, now, wall, rules);
            return (next, [.. outputs.Select(puts).OfType<ReplicaOutput>()]);
        },
    };

    private static Decisions Answers(Func<ChangeOutcome, ChangeOutcome> answers) => Puts(output => output is Answer answer ? answer with { Outcome = answers(answer.Outcome) } : output);
}
