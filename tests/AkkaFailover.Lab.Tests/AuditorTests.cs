using AkkaFailover.Lab.Chaos;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Record = AkkaFailover.Lab.Observation.Record;

namespace AkkaFailover.Lab.Tests;

/// <summary>The auditor of random faults says so where a promise is broken, and nothing where none is: of made-up evidence, one thing at a time.</summary>
public sealed class AuditorTests
{
    private static readonly LabNetworkLess Hosts = new();
    private static readonly Moment Began = At(0);

    [Fact]
    public void A_takeover_as_promised_is_fine() => Assert.Empty(Judge(Takeover("power-off", 3, movedAfter: 0.65)));

    [Fact]
    public void A_moment_on_both_nodes_is_not()
    {
        Assert.Contains("both held the address for 10 ms", Judge(Takeover("power-off", 3, movedAfter: 0.65) with { Record = Record(("a", 0, 0.66), ("b", 0.65, 8)) })[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_excuses_both_while_no_path_is_whole_and_not_before_or_long_after()
    {
        Cast[] casts = [Cast("cut-lan", "a", 5, 0), Cast("cut-link", "a", 5, 1)];
        Assert.Empty(Both(1.6, 5.5));
        Assert.Contains("both held", Both(0.9, 5.5)[0], StringComparison.Ordinal);
        Assert.Contains("both held", Both(1.6, 6.6)[0], StringComparison.Ordinal);
        // Who sees its own carrier go holds nothing.
        casts = [Cast("unplug", "a", 5, 0), Cast("cut-link", "a", 5, 1)];
        Assert.Contains("both held", Both(1.6, 5.5)[0], StringComparison.Ordinal);

        IReadOnlyList<string> Both(double from, double to) => Judge(Evidence(casts, 5, Record(("a", 0, to), ("b", from, 8)), Became("b", "active", 2, from)));
    }

    [Fact]
    public void A_partition_of_two_faults_that_cut_the_standby_off_may_move_the_role()
    {
        Cast[] casts = [Cast("cut-link", "a", 5, 0), Cast("cut-lan", "b", 5, 1)];
        Assert.Empty(Judge(Evidence(casts, 5, Record(("a", 0, 5.5), ("b", 1.6, 8)), Became("b", "active", 2, 1.6))));
        Assert.NotEmpty(Judge(Evidence(casts, 5, Record(("a", 0, 0.5), ("b", 0.6, 8)), Became("b", "active", 2, 0.6))));
        Assert.NotEmpty(Judge(Evidence([casts[0]], 5, Record(("a", 0, 5.5), ("b", 5.5, 8)), Became("b", "active", 2, 5.5))));
    }

    [Theory]
    [InlineData("cut-link", "cut-lan", 0)]
    [InlineData("cut-link-one-way", "cut-lan-to", 0)]
    [InlineData("cut-lan", "cut-link", 1)]
    public void A_partition_excuses_a_move_until_two_deadlines_after_its_end_and_no_later_one(string first, string second, double secondBegan)
    {
        Cast[] casts = [Cast(first, "b", 3, 0), Cast(second, "b", 3 - secondBegan, secondBegan)];
        Assert.Empty(Moved(released: 3.5, claimed: 1.6));
        Assert.Empty(Moved(released: 4, claimed: 4.05));
        Assert.Equal(["the role moved from a, which nothing has hit that could move it", "a went from active to standby, though nothing had to move: test"], Moved(released: 7, claimed: 7.05));
        // Who took over in the partition gives the role back.
        Assert.Equal(["a went from claiming to active, though nothing had to move: test"], Judge(Evidence(casts, 3, Record(("a", 0, 3.5), ("b", 1.6, 7), ("a", 7.05, 8)),
            Became("b", "active", 2, 1.6), Became("a", "standby", 1, 3.5), Became("b", "standby", 2, 7), Became("a", "active", 3, 7.05) with { From = "claiming" })).Where(complaint => !complaint.Contains("history", StringComparison.Ordinal)));
        // Who gave way is started again for its link's sake.
        Assert.Empty(Judge(Evidence(casts, 3, Record(("a", 0, 3.5), ("b", 1.6, 8)),
            Became("b", "active", 2, 1.6), Became("a", "standby", 1, 3.5), Became("a", "standby", 2, 7) with { From = "starting" })));

        IReadOnlyList<string> Moved(double released, double claimed) =>
            Judge(Evidence(casts, 3, Record(("a", 0, released), ("b", claimed, 8)), Became("b", "active", 2, claimed), Became("a", "standby", 1, released)));
    }

    [Theory]
    [InlineData("cut-lan", "a", "loss-link", 1000)]
    [InlineData("cut-lan", "b", "loss-link", 1000)]
    [InlineData("cut-lan", "a", "loss-both", 1000)]
    [InlineData("cut-lan-from", "a", "loss-link", 100)]
    [InlineData("cut-lan-to", "b", "loss-link", 100)]
    [InlineData("cut-lan-to", "a", "loss-link", 0)]
    [InlineData("cut-lan-from", "b", "loss-both", 0)]
    public void A_holder_that_does_not_reach_the_other_one_while_the_link_loses_frames_holds_until_it_has_heard_the_claim(string cut, string on, string loss, int most)
    {
        Cast[] casts = [Cast(cut, on, 5, 0), Cast(loss, "a", 4, 1)];
        Assert.Equal(most > 0, Both(casts, 1.7, 1.7 + (most / 1000.0) + 0.04).Count == 0);
        Assert.Contains("both held the address for", Both(casts, 1.7, 1.8 + (most / 1000.0))[0], StringComparison.Ordinal);
        // Twice as long in all.
        if (most > 0) Assert.Single(Judge(Evidence(casts, 5, Record(("a", 0, 1.7 + (most / 1000.0)), ("b", 1.7, 4.5), ("a", 4.5 - (most / 1000.0), 8)), Became("b", "active", 2, 1.7), Became("a", "active", 3, 3.5))), Complains);
        // Before the link loses anything, and after the end.
        Assert.Contains("both held the address for 50 ms", Both(casts, 0.9, 0.95)[0], StringComparison.Ordinal);
        Assert.Contains("both held the address for 50 ms", Both(casts, 5.1, 5.15)[0], StringComparison.Ordinal);
        // Each by itself.
        Assert.Contains("both held the address for 50 ms", Both([casts[0]], 1.7, 1.75)[0], StringComparison.Ordinal);
        Assert.Contains("both held the address for 50 ms", Both([casts[1]], 1.7, 1.75)[0], StringComparison.Ordinal);

        static bool Complains(string complaint) => complaint.StartsWith("both held the address", StringComparison.Ordinal);

        static IReadOnlyList<string> Both(IReadOnlyList<Cast> casts, double from, double to) =>
            Judge(Evidence(casts, 5, Record(("a", 0, to), ("b", from, 8)), Became("b", "active", 2, from)));
    }

    [Theory]
    [InlineData("cut-lan", "loss-link", 2, true)]
    [InlineData("cut-lan-to", "loss-both", 2, true)]
    [InlineData("cut-lan-from", "loss-link", 2, false)]
    [InlineData("cut-lan", "loss-lan", 2, false)]
    [InlineData("cut-lan", "loss-link", 0.5, false)]
    [InlineData("cut-lan", "loss-link", 7, false)]
    public void A_standby_that_hears_nothing_on_the_LAN_while_the_link_loses_frames_may_claim_and_no_other_one(string cut, string loss, double at, bool may)
    {
        Cast[] casts = [Cast(cut, "b", 5, 0), Cast(loss, "a", 4, 1, percent: 10)];
        var complaints = Judge(Evidence(casts, 5, Record(("a", 0, at), ("b", at + 0.05, 8)), Became("a", "standby", 1, at), Became("b", "active", 2, at + 0.05)));
        Assert.Equal(may ? [] : ["the role moved from a, which nothing has hit that could move it", "a went from active to standby, though nothing had to move: test"], complaints);
    }

    [Fact]
    public void Where_both_lose_many_frames_the_role_may_move_whoever_was_the_target()
    {
        Assert.Empty(Moved(percent: 40));
        Assert.Empty(Moved(percent: 40, nobody: 0.5));
        Assert.NotEmpty(Moved(percent: 30));

        static IReadOnlyList<string> Moved(int percent, double nobody = 0.05) =>
            Judge(Evidence([Cast("loss-lan", "b", 5, 0, percent)], 5, Record(("a", 0, 2), ("b", 2 + nobody, 8)), Became("a", "standby", 1, 2), Became("b", "active", 2, 2 + nobody)));
    }

    [Fact]
    public void A_question_that_both_answer_is_not()
    {
        var seen = Takeover("power-off", 3, movedAfter: 0.65);
        Answer[] both = [new(At(1), Hosts["a"].Host.Mac, Question: 7), new(At(1), Hosts["b"].Host.Mac, Question: 7)];
        Assert.Equal(["both answered for the address for 5 ms"], Judge(seen with { Record = seen.Record with { Arps = both } }));
        Assert.Empty(Judge(seen with { Record = seen.Record with { Arps = [both[0], both[1] with { Question = 8 }] } }));
    }

    [Fact]
    public void An_address_that_is_nowhere_for_a_while_though_nothing_had_to_move_is_not() =>
        Assert.Contains("nobody held the address for 200 ms, though nothing had to move", Judge(Evidence([Cast("heartbeats", "a", 2, 0)], 2, Record(("a", 0, 1), ("a", 1.2, 8)))));

    [Theory]
    [InlineData("standby", "active")]
    [InlineData("standby", "claiming")]
    public void A_claim_without_a_replay_is_not(string from, string to)
    {
        var seen = Takeover("power-off", 3, movedAfter: 0.65);
        Assert.Contains($"b: {to} after {from}, without a replay", Judge(seen with { Events = [seen.Events[0] with { From = from, To = to }] }));
    }

    [Theory]
    [InlineData("kill-daemon", 0.36, "nobody was there for 360 ms")]
    [InlineData("handover", 0.65, "nobody was there for 650 ms")]
    [InlineData("power-off", 0.81, "nobody was there for 810 ms")]
    public void An_outage_beyond_the_bound_is_not(string fault, double movedAfter, string expected) =>
        Assert.Contains(expected, Judge(Takeover(fault, 3, movedAfter))[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("handover", 0.5)]
    [InlineData("freeze", 2)]
    [InlineData("cut-lan", 5)]
    public void A_role_that_stays_where_it_must_move_is_not(string fault, double length) =>
        Assert.Equal(["the role stayed on a"], Judge(Evidence([Cast(fault, "a", length, 0)], length, Record(("a", 0, 8)))));

    [Theory]
    [InlineData("heartbeats", "a", 2)]
    [InlineData("freeze", "a", 0.2)]
    [InlineData("loss-lan", "a", 3)] // of 30 %
    [InlineData("power-off", "b", 2)]
    public void A_role_that_moves_where_it_must_stay_is_not(string fault, string target, double length)
    {
        var seen = Evidence([Cast(fault, target, length, 0)], length, Record(("a", 0, 1), ("b", 1, 8)), Became("a", "standby", 0, 1), Became("b", "active", 2, 1));
        Assert.Contains("the role moved from a, which nothing has hit that could move it", Judge(seen));
        // Away and back again.
        Assert.Contains("a went from active to standby, though nothing had to move: test", Judge(seen with { Record = Record(("a", 0, 8)) }));
    }

    [Fact]
    public void A_term_that_was_there_before_or_falls_a_change_without_a_cause_and_a_gap_in_the_history_are_not()
    {
        var auditor = new Auditor();
        Assert.Empty(auditor.Judge(Takeover("power-off", 3, 0.65, term: 4)));
        Assert.Contains("b: term 4 was active before", auditor.Judge(Takeover("power-off", 3, 0.65, term: 4)));
        Assert.Contains("b: active with term 3 after term 4", auditor.Judge(Takeover("power-off", 3, 0.65, term: 3)));
        var moved = Takeover("power-off", 3, 0.65, term: 6);
        Assert.Contains("b: claiming to active without a cause", auditor.Judge(moved with { Events = [moved.Events[0] with { Cause = "" }] }));
        Assert.Contains("b: the history goes from active (term 6) on with standby (term 7)", auditor.Judge(Takeover("power-off", 3, 0.65, term: 7) with { Events = [Became("b", "active", 7, 0.6) with { From = "standby" }] }));
    }

    [Fact]
    public void A_holder_without_a_word_in_its_history_is_not() =>
        Assert.Equal(["b held the address, and its history does not say so"], Judge(Takeover("power-off", 3, 0.65) with { Events = [] }));

    [Fact]
    public void Nothing_happens_between_two_faults()
    {
        var (late, rest) = (TimeSpan.FromMilliseconds(10), Record(("a", 0, 8)));
        Assert.Empty(Auditor.JudgeRest(rest, At(3), late));
        Assert.NotEmpty(Auditor.JudgeRest(Record(("a", 0, 4), ("b", 4, 8)), At(3), late));
        Assert.Equal(["between two faults the client had no answer for 120 ms"], Auditor.JudgeRest(rest with { Pings = [.. rest.Pings.Where(answer => answer.At < At(5) || answer.At > At(5.11))] }, At(3), late));
    }

    private static IReadOnlyList<string> Judge(Evidence seen) => new Auditor().Judge(seen);

    /// <summary>A fault of a, after which b answers.</summary>
    private static Evidence Takeover(string fault, double length, double movedAfter, uint term = 2) =>
        Evidence([Cast(fault, "a", length, 0)], length, Record(("a", 0, 0), ("b", movedAfter, 8)), Became("b", "active", term, movedAfter));

    private static Evidence Evidence(IReadOnlyList<Cast> casts, double mended, Record record, params HistoryEvent[] events) =>
        new(casts, Began, At(mended), Pace: 1, record, Late: TimeSpan.Zero, Before: "a", After: record.Changes[^1].Host, events, Trouble: []);

    private static Cast Cast(string fault, string target, double length, double began, int percent = 30) => new(ChaosFaults.All.Single(one => one.Key == fault),
        new Draw(Hosts[target], IsActive: target == "a", TimeSpan.FromSeconds(length), percent, Forward: true), At(began));

    /// <summary>Who held the address from when to when, in seconds after the fault; eight seconds of it, and a second before.</summary>
    private static Record Record(params (string Host, double From, double To)[] holdings)
    {
        var changes = holdings.Select(holding => new AddressChange(At(holding.From == 0 ? -1 : holding.From), holding.Host, Present: true))
            .Concat(holdings.Where(holding => holding.To < 8).Select(holding => new AddressChange(At(holding.To), holding.Host, Present: false)));
        var pings = Enumerable.Range(-200, 1801).Select(tick => tick * 0.005)
            .SelectMany(at => holdings.Where(holding => at >= holding.From - (holding.From == 0 ? 1 : 0) && at < holding.To + 0.001).Take(1).Select(holding => new Answer(At(at), Hosts[holding.Host].Host.Mac)));
        return new Record(At(-1), At(8), [.. pings], [], [], [.. changes.OrderBy(change => change.At)], []);
    }

    private static HistoryEvent Became(string node, string role, uint term, double at) => new(At(at), node, "role", "", role == "active" ? "claiming" : "active", role, term, "test");

    private static Moment At(double seconds) => new(1_000_000_000_000 + (long)(seconds * 1e9));

    /// <summary>The two nodes, of which nothing but their names and stations is asked.</summary>
    private sealed class LabNetworkLess
    {
        private readonly Dictionary<string, AkkaNode> _nodes = LabTopology.Hosts.Where(host => host.Name is "a" or "b")
            .ToDictionary(plan => plan.Name, plan => new AkkaNode(new LabHost(plan, "", "", null!)));

        public AkkaNode this[string name] => _nodes[name];
    }
}
