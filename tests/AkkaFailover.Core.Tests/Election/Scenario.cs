using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>One node under the machine, with a hand on its clock: tests read as a story.</summary>
internal sealed class Scenario
{
    /// <summary>advbase 1, advskew 0.</summary>
    public static readonly HeartbeatTiming Slow = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

    public static readonly HeartbeatTiming Fast = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600));

    public Scenario(string node = "a", string peer = "b", HeartbeatTiming? timing = null, bool ours = true, bool witnesses = false, bool claimWhenStale = true, bool journalRead = true, bool probes = true)
    {
        var (self, other) = (NodeName.Parse(node), NodeName.Parse(peer));
        Settings = new ElectionSettings(self, other, TermSeries.For(self, [other]), timing ?? Fast, ours, ProbeAddress: ours && probes, witnesses,
            claimWhenStale, StartWait: TimeSpan.FromSeconds(20), StopTimeout: TimeSpan.FromSeconds(5));
        State = ElectionState.Initial(Now);
        if (journalRead) ReadJournal();
    }

    public ElectionSettings Settings { get; }

    public ElectionState State { get; private set; }

    public Moment Now { get; private set; } = new(1_000_000_000);

    public List<ElectionEffect> Effects { get; } = [];

    /// <summary>Follows every step, whatever a test is about.</summary>
    public GroupTimeline Timeline { get; private set; } = GroupTimeline.Empty;

    public List<PhaseReport> Reports { get; } = [];

    /// <summary>Reserved terms reach the disk at once unless a test says otherwise.</summary>
    public bool DiskWorks { get; set; } = true;

    public Role Role => State.Role;

    public Scenario Input(ElectionInput input)
    {
        var before = State;
        (State, var effects) = ElectionMachine.Step(before, input, Now, Settings);
        Effects.AddRange(effects);
        Keep(Timeline.Follow(new ElectionStep(before, State, input, effects, Now)));
        foreach (var reserve in effects.OfType<ReserveTerm>().ToList())
        {
            if (DiskWorks) Input(new TermReserved(reserve.Next));
        }
        return this;
    }

    public Scenario Mark(FailoverMark mark)
    {
        Keep(Timeline.Mark(mark, Now));
        return this;
    }

    private void Keep((GroupTimeline Timeline, IReadOnlyList<PhaseReport> Reports) followed)
    {
        Timeline = followed.Timeline;
        Reports.AddRange(followed.Reports);
    }

    /// <summary>Lets time pass, with a tick at each moment that the machine asked for.</summary>
    public Scenario Wait(double milliseconds, Action? everyTick = null)
    {
        var end = Now + TimeSpan.FromMilliseconds(milliseconds);
        while (true)
        {
            var wake = ElectionMachine.NextWake(State, Now, Settings);
            if (wake > end) break;
            Now = Moment.Max(wake, Now);
            everyTick?.Invoke();
            Input(new Tick());
        }
        Now = end;
        return this;
    }

    /// <summary>Lets time pass in which the machine is not stepped.</summary>
    public Scenario StandStill(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        return this;
    }

    /// <summary>An empty journal has been read; whether it is complete is not known.</summary>
    public Scenario ReadJournal() => Input(new ReplicaChanged(new ReplicaPosition(0, "", InSync: false, JournalState.Usable)));

    public Scenario Begin(uint highest = 0, bool wasActive = false) =>
        Input(new Started(new Term(highest), Term.None, wasActive, Paused: false, PauseEpoch: 0, CarrierUp: true));

    public Scenario Advert(uint term, bool released = false, bool outranks = false) =>
        Input(new AdvertHeard(new AdvertSummary(new Term(term), released, outranks, "192.0.2.2")));

    /// <summary>Who beats has greeted before: with the same timing, unless a test says otherwise.</summary>
    public Scenario Beat(PeerBeat beat)
    {
        if (State.Link.PeerTiming is null) Input(new PeerGreeted(new PeerGreeting(Settings.Timing)));
        return Input(new LinkChanged(LinkStatus.Connected, "")).Input(new BeatHeard(beat));
    }

    public static PeerBeat PeerIs(Role role, uint term = 0, uint highest = 0, long version = 0, bool eligible = true, bool hears = true, bool inSync = true) =>
        new(role, new Term(term), new Term(Math.Max(highest, term)), role == Role.Active, eligible, eligible ? "" : "test", new ReplicaPosition(version, "", inSync, JournalState.Usable),
            hears, null, Paused: false, PauseEpoch: 0, "none");

    /// <summary>Answers the claim's effects until the node is active.</summary>
    public Scenario CompleteClaim(long missing = 0)
    {
        Input(new CaughtUp(State.Terms.Held, 0, "", missing));
        Wait(State.Forced is null ? 60 : 410);
        return Input(new AddressesHeld(State.Terms.Held));
    }

    /// <summary>An active node that was alone.</summary>
    public Scenario ActiveAlone()
    {
        Begin().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(1_500);
        return CompleteClaim();
    }

    /// <summary>A standby of an active peer with the given term, which has just been heard on both paths: the beat last, so late that an advert more adds nothing to the silence.</summary>
    public Scenario StandbyOf(uint term)
    {
        Begin().Advert(term).Wait(Math.Min(Settings.Timing.Interval.TotalMilliseconds / 2, 50)).Beat(PeerIs(Role.Active, term));
        Wait(1);
        return this;
    }

    public IReadOnlyList<T> All<T>() where T : ElectionEffect => Effects.OfType<T>().ToList();

    public bool Has<T>() where T : ElectionEffect => Effects.OfType<T>().Any();

    public bool HasAlarm(AlarmKind kind) => State.Raised.Contains(kind);

    public Scenario Forget()
    {
        Effects.Clear();
        return this;
    }
}
