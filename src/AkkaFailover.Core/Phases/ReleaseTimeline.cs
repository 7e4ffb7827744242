using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Phases;

/// <summary>The moments of one release, from the decision to the addresses that are off.</summary>
/// <param name="Term">What is released.</param>
/// <param name="Cause">Why, with what was known.</param>
/// <param name="Began">When it was decided.</param>
/// <param name="Step">What is waited for.</param>
/// <param name="Ends">The steps that are over: when, and what is to be said of them.</param>
internal sealed record ReleaseTimeline(
    Term Term, string Cause, Moment Began, ReleaseStep Step, IReadOnlyList<(ReleaseStep Step, Moment At, string Detail)> Ends)
{
    /// <summary>The release that begins with a step of the election.</summary>
    public static ReleaseTimeline Begin(in ElectionStep step, RoleChange decision, ReleasePlan plan) =>
        new(decision.Term, $"{decision.Cause}; {decision.Evidence}", step.At, plan.Step, []);

    /// <summary>What a step of the election adds.</summary>
    public ReleaseTimeline Follow(in ElectionStep step)
    {
        if (step.After.Release is not { } plan || plan.Step == Step) return this;
        return this with { Step = plan.Step, Ends = [.. Ends, (Step, step.At, Detail(step))] };
    }

    /// <summary>The report, with the step in which the release ends.</summary>
    public PhaseReport Done(in ElectionStep step)
    {
        var chain = new PhaseChain(Began);
        foreach (var end in Ends) chain.Add(Word(end.Step), end.At, end.Detail);
        chain.Add(Word(Step), step.At, Detail(step));
        var failure = step.Input is AddressesReleased ? "" : "the guard did not confirm that the addresses are off; its lease ends by itself";
        return new PhaseReport(ReportKind.Release, Term, failure, chain.Phases, Cause);
    }

    private string Detail(in ElectionStep step) => (Step, step.Input) switch
    {
        (ReleaseStep.Service, ServiceChanged { State: ServiceState.None }) => "there is none",
        (ReleaseStep.Service, ServiceChanged { Detail.Length: > 0 } service) => service.Detail,
        (ReleaseStep.Service, ServiceChanged) => "stopped",
        (ReleaseStep.Replica, ReplicaFlushed) => "the last changes are at the peer, or it is not there",
        (ReleaseStep.Addresses, AddressesReleased released) => $"off: {released.Reason}",
        (_, Tick) => "given up after its time",
        _ => "cut short",
    };

    private static string Word(ReleaseStep step) => step.ToString().ToLowerInvariant();
}
