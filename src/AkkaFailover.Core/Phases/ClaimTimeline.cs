using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Phases;

/// <summary>The moments of one claim, from the last sign of the old holder to the first client; null for what has not come yet.</summary>
/// <param name="Term">What is claimed.</param>
/// <param name="Cause">Why.</param>
/// <param name="Evidence">What was known at the decision.</param>
/// <param name="LastSign">The last sign of a holder; from here the outage counts.</param>
/// <param name="Decided">The claim began.</param>
/// <param name="ListenUntil">Until then the address is watched before it is taken.</param>
internal sealed record ClaimTimeline(Term Term, string Cause, string Evidence, Moment LastSign, Moment Decided, Moment ListenUntil)
{
    private bool AwaitsPeer { get; init; }

    private Moment? CaughtUpAt { get; init; }

    private string Replay { get; init; } = "";

    private Moment? Asked { get; init; }

    private Moment? Held { get; init; }

    private AddressSteps? Steps { get; init; }

    private ServiceStarted? Service { get; init; }

    private ServiceChanged? Ready { get; init; }

    private Moment ReadyAt { get; init; }

    private FirstClientSeen? Client { get; init; }

    /// <summary>The node serves, and its report has been given: only the first client is still to come.</summary>
    public bool IsTold { get; private init; }

    /// <summary>The claim that begins with a step.</summary>
    public static ClaimTimeline Begin(in ElectionStep step, RoleChange decision, ClaimPlan plan) =>
        new(decision.Term, plan.Cause, $"{decision.Evidence}{Signs(step)}", plan.Since, step.At, plan.ListenUntil) { AwaitsPeer = plan.ListenUntil > plan.ListenAtLeast && step.After.Forced is null };

    /// <summary>What a step adds.</summary>
    public ClaimTimeline Follow(in ElectionStep step)
    {
        var timeline = step.After.Claim is { } plan ? this with { ListenUntil = plan.ListenUntil } : this;
        if (CaughtUpAt is null && step.After.Claim?.CaughtUp is { } caught)
            timeline = timeline with { CaughtUpAt = step.At, Replay = Describe(caught, step.At) };
        if (Asked is null && step.Effects.Any(effect => effect is ClaimAddresses)) timeline = timeline with { Asked = step.At };
        if (Held is null && step is { After.Role: Role.Active, Input: AddressesHeld held })
            timeline = timeline with { Held = held.Steps?.AddedAt ?? step.At, Steps = held.Steps };
        else if (Held is not null && Ready is null && step.Input is ServiceChanged { State: ServiceState.Running or ServiceState.None } ready)
            timeline = timeline with { Ready = ready, ReadyAt = step.At };
        return timeline;
    }

    /// <summary>What another part has seen. Of a claim that does not hold the address yet nothing can be seen.</summary>
    public ClaimTimeline Mark(FailoverMark mark) => (Held, mark) switch
    {
        (null, _) => this,
        (_, ServiceStarted started) when Service is null && Ready is null => this with { Service = started },
        (_, FirstClientSeen client) when Client is null => this with { Client = client },
        _ => this,
    };

    /// <summary>Why no more will come of it after a step; null where more may.</summary>
    public string? Failure(in ElectionStep step) =>
        Held is not null && Ready is null && step.Input is ServiceChanged { State: ServiceState.Failed } service ? $"the service failed: {service.Detail}" : null;

    /// <summary>
    /// What is to be said now: a report when the node serves, and another one, of the same claim, when the first client comes
    /// later: an operator does not wait for a client to learn how long the failover took.
    /// </summary>
    /// <returns>The timeline to go on with, null where nothing more is to come; and a report where there is one.</returns>
    public (ClaimTimeline? Timeline, PhaseReport? Report) Tell(Moment now)
    {
        if (Ready is null) return (this, null);
        if (IsTold && now - ReadyAt >= GroupTimeline.ClientPatience) return (null, null);
        if (Client is not null) return (null, Done());
        return (this with { IsTold = true }, IsTold ? null : Done());
    }

    private PhaseReport Done()
    {
        var chain = new PhaseChain(LastSign);
        AddReached(chain, ReadyAt);
        if (Client is not null) chain.Add(Phase.FirstClient, Client.At, Client.Detail);
        return Report("", chain);
    }

    /// <summary>The report of a claim that came no further: how far it came.</summary>
    public PhaseReport Ended(string reason, Moment now)
    {
        var chain = new PhaseChain(LastSign);
        var next = AddReached(chain, now);
        chain.Add(next, now, reason);
        return Report(reason, chain);
    }

    private PhaseReport Report(string failure, PhaseChain chain) => new(ReportKind.Failover, Term, failure, chain.Phases, Evidence);

    /// <summary>Adds the phases that are over; the name of the one that is not, or of the last one.</summary>
    private string AddReached(PhaseChain chain, Moment now)
    {
        chain.Add("detection", Decided, Cause);
        if (Asked is not { } asked) return AddWaiting(chain, now);
        AddUntilAsked(chain, asked);
        if (Held is not { } held) return "address";
        chain.Add("address", held, "the guard has added it");
        if (Steps is { } steps) chain.Add("announcement", steps.AnnouncedAt, $"{steps.Frames} frames have left");
        return AddService(chain);
    }

    /// <summary>The replica is read while the address is watched: only what lasts longer than that is the replay's.</summary>
    private void AddUntilAsked(PhaseChain chain, Moment asked)
    {
        var listened = ListenUntil > Decided ? "the address was watched and did not answer" : "not needed";
        var confirmed = CaughtUpAt > ListenUntil ? ListenUntil : asked;
        chain.Add("confirmation", confirmed, AwaitsPeer ? $"{listened}; the other node's word was awaited" : listened);
        chain.Add("replay", asked, Replay);
    }

    private string AddWaiting(PhaseChain chain, Moment now)
    {
        if (now < ListenUntil) return "confirmation";
        chain.Add("confirmation", ListenUntil, "");
        return "replay";
    }

    private string AddService(PhaseChain chain)
    {
        if (Service is not null) chain.Add("service", Service.At, Service.Detail);
        if (Ready is not { } ready) return Service is null ? "service" : "checks";
        if (ready.State != ServiceState.None) chain.Add(Service is null ? "service" : "checks", ReadyAt, ready.Detail);
        return Phase.FirstClient;
    }

    private string Describe(CaughtUp caught, Moment at)
    {
        var missing = caught.MissingVersions > 0 ? $", {caught.MissingVersions} or more may be missing" : ", digest verified";
        return $"version {caught.Version}{missing}, {PhaseReport.Duration((at - Decided).TotalMilliseconds)} after the decision";
    }

    private static string Signs(in ElectionStep step)
    {
        var signs = "";
        if (step.Before.Lan.LastAdvert is { } advert) signs += $", last advert {Ago(step.At - advert)}";
        if (step.Before.Link.LastHolderBeat is { } beat) signs += $", last beat {Ago(step.At - beat)}";
        if (step.Before.Probe.Unanswered is > 0 and var asked) signs += $", {asked} questions for the address without an answer";
        return signs;
    }

    private static string Ago(TimeSpan span) => $"{PhaseReport.Duration(span.TotalMilliseconds)} before";
}
