namespace AkkaFailover.Core.Election;

/// <summary>One step under way: the state as it becomes and the effects so far. Lives only inside <see cref="ElectionMachine.Step"/>.</summary>
internal sealed class Turn(ElectionState state, Moment now, ElectionSettings settings)
{
    private List<ElectionEffect>? _effects;

    public ElectionState State { get; set; } = state;

    public Moment Now { get; } = now;

    public ElectionSettings Settings { get; } = settings;

    public IReadOnlyList<ElectionEffect> Effects => _effects ?? (IReadOnlyList<ElectionEffect>)[];

    public TimeSpan Deadline => PeerEvidence.Deadline(State, Settings);

    /// <summary>This node stood still until less than an interval ago: what it hears now may have waited in the queue.</summary>
    public bool HasJustWoken => State.StoodStillAt is { } woke && Now - woke < Settings.Timing.Interval;

    /// <summary>When what this step takes arrived, at the earliest: just after a gap the queue is read, and this node may have been cut off since.</summary>
    public Moment ArrivedAt => Now - State.LastGap.To < Settings.ShownGap ? State.LastGap.From : Now;

    public void Do(ElectionEffect effect) => (_effects ??= []).Add(effect);

    /// <summary>Changes the role, with its line of history, and tells the peer at once.</summary>
    public void Become(Role role, string cause)
    {
        var change = new RoleChange(Now, State.Role, role, State.Terms.Held, cause, PeerEvidence.Summary(State, Now, Settings));
        State = State with { Role = role, Since = Now };
        if (!State.HoldsOrClaims) State = State with { Forced = null };
        Do(new RoleChanged(change));
        Do(new BeatNow());
    }

    /// <summary>Adverts of the term held, with the lease as it is now.</summary>
    public void Advertise()
    {
        var lease = PeerEvidence.Lease(State, Settings);
        State = State with { LeaseGiven = lease };
        Do(new StartAdverts(State.Terms.Held, lease));
    }

    public void Raise(AlarmKind kind, string text)
    {
        if (State.Raised.Contains(kind)) return;
        State = State with { Raised = State.Raised.Add(kind) };
        Do(new RaiseAlarm(kind, text));
    }

    public void Clear(AlarmKind kind)
    {
        if (!State.Raised.Contains(kind)) return;
        State = State with { Raised = State.Raised.Remove(kind) };
        Do(new ClearAlarm(kind));
    }

    /// <summary>What was or was not heard so far means nothing any more: a whole deadline of silence counts from now.</summary>
    public void ListenAnew() => State = State with { QuietFrom = Now, ReleaseHeard = null, Probe = AddressProbe.Idle };

    public void Store() => Do(new StoreFacts(State.HoldsOrClaims, State.Paused, State.PauseEpoch));

    /// <summary>A term that somebody held, whether this node was there or not.</summary>
    public void SawTerm(Term term)
    {
        if (term > State.Terms.HighestSeen) State = State with { Terms = State.Terms with { HighestSeen = term } };
        if (Settings.Terms.Owns(term) || term <= State.Terms.Foreign) return;
        State = State with { Terms = State.Terms with { Foreign = term } };
        Do(new LedElsewhere(term));
    }

    /// <summary>A term that somebody held while this node was there.</summary>
    public void LivedTerm(Term term)
    {
        SawTerm(term);
        if (term > State.Terms.Lived) State = State with { Terms = State.Terms with { Lived = term } };
    }

    public static string Seconds(TimeSpan span) => span.TotalSeconds >= 10 ? $"{span.TotalSeconds:0} s" : $"{span.TotalSeconds:0.00} s";
}
