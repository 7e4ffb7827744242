namespace AkkaFailover.Core.Election;

/// <summary>Why the role is what it is, what each path shows, and what would change it: the lines of <c>group explain</c>.</summary>
public static class ElectionExplanation
{
    /// <summary>One sentence a line.</summary>
    public static IReadOnlyList<string> Explain(ElectionState state, Moment now, ElectionSettings settings)
    {
        var lines = new List<string> { Role(state, now, settings) };
        lines.Add(Lan(state, now, settings));
        if (settings.PeerIsOurs) lines.Add(Link(state, now, settings));
        if (settings.ProbeAddress && state.Probe.LastSent is not null) lines.Add(Probe(state, now, settings));
        if (state.Neighbours is { LastReport: { } report, ReportedAt: { } at }) lines.Add(Neighbours(report, now - at, settings));
        lines.AddRange(Conditions(state, now, settings));
        lines.Add(Change(state, now, settings));
        return lines;
    }

    private static string Role(ElectionState state, Moment now, ElectionSettings settings)
    {
        var term = state.Terms.Held == Term.None ? $"highest term seen {state.Terms.HighestSeen}" : $"term {state.Terms.Held}";
        return $"{settings.Node} is {state.Role.Word()} for {Turn.Seconds(now - state.Since)} ({term}).";
    }

    private static string Lan(ElectionState state, Moment now, ElectionSettings settings) => state.Lan.LastAdvert is { } heard
        ? $"LAN: last advert of {settings.Peer} ({state.Lan.Source}) {Turn.Seconds(now - heard)} ago; the deadline is {Turn.Seconds(PeerEvidence.Deadline(state, settings))}."
        : $"LAN: no adverts of {settings.Peer}; only an active node sends them.";

    private static string Link(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (state.Link.LastBeat is not { } heard) return $"Cluster link: {LinkWord(state)}; no beat of {settings.Peer} in this run.";
        var beat = state.Link.Beat!;
        var eligible = beat.Eligible ? "eligible" : $"not eligible ({beat.WhyNot})";
        return $"Cluster link: {LinkWord(state)}; last beat {Turn.Seconds(now - heard)} ago: {settings.Peer} {beat.Role.Word()}, highest term {beat.HighestTerm}, version {beat.Replica.Version}, {eligible}.";
    }

    private static string Neighbours(LanReport report, TimeSpan age, ElectionSettings settings)
    {
        var witnesses = report.WitnessesAsked > 0 ? $", {report.WitnessesAnswered} of {report.WitnessesAsked} witness(es)" : "";
        return $"Neighbours: {settings.Peer} {(report.PeerAnswered ? "answers" : "does not answer")} on the LAN; of {report.OthersAsked} other host(s) asked {report.OthersAnswered} answered{witnesses} ({Turn.Seconds(age)} ago).";
    }

    private static string LinkWord(ElectionState state) => state.Link.Status.ToString().ToLowerInvariant();

    private static string Probe(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (state.Probe.Answered) return $"Address: {settings.Peer} still answers for it.";
        var row = $"Address: {state.Probe.Unanswered} probe(s) in a row unanswered";
        if (PeerEvidence.ProcessGone(state)) return $"{row}, {state.Probe.UnansweredBeside} of them while its host answered: {StandbyRules.SurelyUnanswered} of these are needed, or {Turn.Seconds(ElectionSettings.KernelHolds)}.";
        return state.Probe.LastAnswer is { } answer
            ? $"{row}; it answered {Turn.Seconds(now - answer)} ago, {Turn.Seconds(PeerEvidence.Deadline(state, settings))} without an answer are needed."
            : $"{row}, {settings.ProbesUnanswered} are needed.";
    }

    private static IEnumerable<string> Conditions(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (!Eligibility.Judge(state, out var whyNot)) yield return $"Not eligible: {whyNot}.";
        if (state.Forced is { } forced) yield return $"It is {state.Role.Word()} by order: {forced}.";
        if (state.Raised.Contains(AlarmKind.ClaimForbidden) && ClaimBar.Of(state, now, settings) is { } bar)
            yield return $"A claim is forbidden: {bar}. If this node is the right one: failoverctl group takeover --force.";
        if (state.Paused) yield return "Roles are frozen (group pause).";
        if (now < state.HoldBack.Until) yield return $"{(state.HoldBack.GaveWay ? "Released a moment ago" : "Waits for the other one's journal")}: {settings.Peer} goes first for another {Turn.Seconds(state.HoldBack.Until - now)}.";
        if (state is { Role: Election.Role.Standby, Link.Status: LinkStatus.Lost } && PeerEvidence.KernelHoldsFor(state, now, settings) is var left && left > TimeSpan.Zero && !PeerEvidence.LiveOnLan(state, now, settings))
            yield return $"The connection to {settings.Peer} has ended, and its kernel may hold the address: no claim for another {Turn.Seconds(left)}, unless {StandbyRules.SurelyUnanswered} probes in a row go unanswered while its host answers.";
        if (state.Role == Election.Role.Standby && WitnessRules.MayBeBack(state, now, settings) && now - PeerEvidence.QuietSince(state) >= PeerEvidence.Deadline(state, settings))
            yield return "A witness has only just answered: an active may not have been heard before that, and is listened to for one more advert.";
        if (state.Release is { } release) yield return $"Releasing ({release.Step.ToString().ToLowerInvariant()}): {release.Cause}.";
        if (state.Local.ServiceUnfit) yield return Service(state, now, settings);
        if (state.Local.ServiceFailures > 0)
            yield return $"The service has failed here {state.Local.ServiceFailures} time(s) in a row; the row ends when it has run for {Turn.Seconds(ServiceRules.HealthyTime)}, or by handover, takeover --force or service restart.";
        if (state.Local.Fault.Length > 0) yield return $"Fault: {state.Local.Fault}; looked at again in {Turn.Seconds(state.Local.FaultUntil > now ? state.Local.FaultUntil - now : TimeSpan.Zero)}.";
    }

    private static string Service(ElectionState state, Moment now, ElectionSettings settings)
    {
        var again = state.Local.ServiceRetryAt == Moment.Never ? "" : $"; started again in {Turn.Seconds(state.Local.ServiceRetryAt > now ? state.Local.ServiceRetryAt - now : TimeSpan.Zero)}";
        return $"The service is {ServiceWords.Word(state.Local.Service)}: {state.Local.ServiceDetail}{again}. The role goes to {settings.Peer} as soon as that is eligible.";
    }

    private static string Besides(ElectionState state, ClaimPlan claim, ElectionSettings settings)
    {
        if (claim.ListenUntil == claim.ListenAtLeast) return "";
        return state.Forced is null ? $", and waits until {settings.Peer} says that it knows of the claim" : $", and waits until {StandbyRules.SurelyUnanswered} questions for it in a row have gone unanswered";
    }

    private static string Change(ElectionState state, Moment now, ElectionSettings settings) => state.Role switch
    {
        Election.Role.Starting => "It becomes standby when the deadline and the wait for the cluster link are over, or at once when an active node is heard.",
        Election.Role.Standby when PeerEvidence.PeerGoesFirst(state, now, settings) =>
            $"{settings.Peer} goes first (higher term or version, known to be complete, or lower name); this node would claim one more deadline later.",
        Election.Role.Standby => $"It claims when {settings.Peer} releases, or when every path is silent for {Turn.Seconds(PeerEvidence.Deadline(state, settings))} and the address is seen gone.",
        Election.Role.Active => $"It stays active until a handover, a lost lease ({Turn.Seconds(PeerEvidence.Lease(state, settings))} without an advert leaving), a local fault with an eligible standby, or a higher term.",
        Election.Role.Maintenance => "It claims nothing until: failoverctl group resume.",
        Election.Role.Fault => "It becomes standby again when the cause is gone and the back-off is over.",
        Election.Role.Replaying when state.Claim is { } claim && now < claim.ListenUntil =>
            $"It listens for another {Turn.Seconds(claim.ListenUntil - now)} at most before it takes the address{Besides(state, claim, settings)}.",
        _ => "It is on its way; see group history.",
    };
}
