namespace AkkaFailover.Core.Election;

/// <summary>Rule 9: terms are unique, reserved on disk while idle, and never taken back.</summary>
internal static class TermRules
{
    /// <summary>Whether a term is near enough to what was seen to be believed.</summary>
    public static bool Believable(Turn turn, Term term, string source)
    {
        var seen = turn.State.Terms.HighestSeen;
        if (seen == Term.None || term.Value <= seen.Value + Term.MaxJump) return true;
        turn.Raise(AlarmKind.TermJump,
            $"{source} speaks of term {term}, {term.Value - seen.Value} above the highest known one ({seen}): refused. Compare state-dir of both nodes.");
        return false;
    }

    public static void Reserved(Turn turn, Term term)
    {
        var terms = turn.State.Terms;
        turn.State = turn.State with
        {
            Terms = terms with { Reserved = term > terms.Reserved ? term : terms.Reserved, Reserving = Term.None },
        };
    }

    /// <summary>A term that nobody held, and which the peer's replica keeps to all the same: the active goes above it.</summary>
    public static void Refused(Turn turn, Term term)
    {
        var believed = Believable(turn, term, turn.Settings.Peer.Value);
        turn.State = turn.State with { Terms = turn.State.Terms with { Disbelieved = believed ? Term.None : term } };
        if (believed) turn.SawTerm(term);
    }

    /// <summary>An active holds the highest term; a claimer has enough to do.</summary>
    public static void Consider(Turn turn)
    {
        if (turn.State.Role is Role.Replaying or Role.Claiming) return;
        if (turn.State.Role == Role.Active && turn.State.Terms.HighestSeen > turn.State.Terms.Held) RaiseHeld(turn);
        KeepReserved(turn);
    }

    /// <summary>
    /// A term above everything seen lies on disk, so that no claim waits for one; beside it the highest under which somebody was active, so
    /// that a node that followed, and was told nothing more, knows after a restart that it may lack something.
    /// </summary>
    private static void KeepReserved(Turn turn)
    {
        var terms = turn.State.Terms;
        var reserved = terms.Reserving > terms.Reserved ? terms.Reserving : terms.Reserved;
        if (reserved <= terms.HighestSeen) reserved = turn.Settings.Terms.NextAbove(terms.HighestSeen > terms.Spent ? terms.HighestSeen : terms.Spent);
        else if (terms.Lived <= terms.Kept) return;
        turn.State = turn.State with { Terms = terms with { Reserving = reserved, Kept = terms.Lived } };
        turn.Do(new ReserveTerm(reserved, terms.Lived));
    }

    /// <summary>A returned node has seen a higher term: the active goes above it without moving.</summary>
    private static void RaiseHeld(Turn turn)
    {
        var terms = turn.State.Terms;
        if (terms.Reserved <= terms.HighestSeen) return;
        turn.State = turn.State with { Terms = terms with { Held = terms.Reserved, HighestSeen = terms.Reserved, Lived = terms.Reserved } };
        turn.Do(new Note($"term raised from {terms.Held} to {terms.Reserved}: {turn.Settings.Peer} has seen term {terms.HighestSeen}"));
        turn.Advertise();
        turn.Do(new OpenReplica(terms.Reserved));
        turn.Do(new BeatNow());
    }
}
