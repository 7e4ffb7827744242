namespace AkkaFailover.Core.Election;

/// <summary>
/// The service's part of rule 11: a sick service leaves for a standby that is ready, a sick active beats none, and two nodes that can
/// both not run it do not hand the role to and fro.
/// </summary>
internal static class ServiceRules
{
    /// <summary>How long a node that has given the role away because of its service is not eligible; doubled for each further one in a row.</summary>
    public static readonly TimeSpan FirstBar = TimeSpan.FromSeconds(10);

    /// <summary>The longest of these.</summary>
    public static readonly TimeSpan LongestBar = TimeSpan.FromMinutes(10);

    /// <summary>A service that ran this long on a node ends the row.</summary>
    public static readonly TimeSpan HealthyTime = TimeSpan.FromMinutes(1);

    public static void Changed(Turn turn, ServiceChanged service)
    {
        var local = turn.State.Local;
        var since = service.State != ServiceState.Running ? Moment.Never : local.Service == ServiceState.Running ? local.ServiceRunningSince : turn.Now;
        turn.State = turn.State with
        {
            Local = local with
            {
                Service = service.State,
                ServiceDetail = service.Detail,
                ServiceUnfit = service.Unfit,
                ServiceRetryAt = service.RetryAt,
                ServiceRunningSince = since,
            },
        };
        if (service.State is ServiceState.Running or ServiceState.Stopped or ServiceState.None) turn.Clear(AlarmKind.ServiceFailing);
        // What has failed may still have to be cleaned up after; that it is stopped follows.
        if (service.State is ServiceState.Stopped or ServiceState.None) ReleaseRules.ServiceStopped(turn);
    }

    public static void StandbyChecked(Turn turn, string fallen)
    {
        var before = turn.State.Local.StandbyFallen;
        turn.State = turn.State with { Local = turn.State.Local with { StandbyFallen = fallen } };
        // The count in the text grows with each try; what the peer has to know at once is whether.
        if (fallen.Length > 0 != before.Length > 0) turn.Do(new BeatNow());
    }

    /// <summary>A service that should not stay here moves to a ready standby; without one this node goes on.</summary>
    public static void ConsiderActive(Turn turn)
    {
        var (state, now) = (turn.State, turn.Now);
        if (state.Local.ServiceFailures > 0 && now >= state.Local.ServiceRunningSince + HealthyTime)
        {
            EndRow(turn);
            turn.Do(new Note($"the service has run for {Turn.Seconds(HealthyTime)}: its earlier failures on this node count no more"));
        }
        if (!state.Local.ServiceUnfit || state.Paused) return;
        var what = $"the service is {ServiceWords.Word(state.Local.Service)}: {state.Local.ServiceDetail}";
        if (!PeerEvidence.PeerIsReady(state, now, turn.Settings))
        {
            turn.Raise(AlarmKind.ServiceFailing, $"{what}; no eligible standby is known, so this node keeps the address and goes on with it");
            return;
        }
        ReleaseRules.Begin(turn, what, Role.Fault, gentle: true);
        turn.State = turn.State with
        {
            Release = turn.State.Release! with { OfService = true },
            Local = turn.State.Local with { ServiceFailures = turn.State.Local.ServiceFailures + 1 },
        };
    }

    /// <summary>Fault for as long as this node is not to be asked again.</summary>
    public static void Fault(Turn turn, string reason)
    {
        var bar = FirstBar * Math.Pow(2, Math.Clamp(turn.State.Local.ServiceFailures - 1, 0, 16));
        LocalRules.Enter(turn, reason, bar < LongestBar ? bar : LongestBar, ofService: true);
    }

    /// <summary>The peer did not take what was given away, or is gone: a sick active beats none.</summary>
    public static bool NobodyServes(Turn turn) =>
        turn.Now >= turn.State.HoldBack.Until
        && !PeerEvidence.LiveOnLan(turn.State, turn.Now, turn.Settings) && !PeerEvidence.LiveOnLink(turn.State, turn.Now, turn.Settings);

    public static void Restart(Turn turn, string by)
    {
        var refusal = turn.State switch
        {
            { Role: not Role.Active } => $"this node is {turn.State.Role.Word()}, not active: run it on {turn.Settings.Peer}",
            { Local.Service: ServiceState.None } => "this group has no service (service.type = none)",
            _ => null,
        };
        turn.Do(new AnswerOperator(refusal is null, refusal ?? "the service is stopped and started again: see service show"));
        if (refusal is not null) return;
        EndRow(turn);
        turn.Do(new RestartService($"restart asked for by {by}"));
    }

    /// <summary>What failed before counts no more.</summary>
    public static void EndRow(Turn turn) => turn.State = turn.State with { Local = turn.State.Local with { ServiceFailures = 0 } };
}
