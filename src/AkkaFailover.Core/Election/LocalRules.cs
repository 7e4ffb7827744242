namespace AkkaFailover.Core.Election;

/// <summary>Rule 11: this node's own parts.</summary>
internal static class LocalRules
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HealthyTime = TimeSpan.FromMinutes(1);

    public static void Carrier(Turn turn, CarrierChanged carrier)
    {
        if (turn.State.Local.CarrierUp == carrier.Up) return;
        turn.State = turn.State with { Local = turn.State.Local with { CarrierUp = carrier.Up } };
        if (!carrier.Up) LeaveForFault(turn, carrier.Reason);
    }

    public static void Replica(Turn turn, ReplicaPosition position)
    {
        var before = turn.State.Local.Replica;
        turn.State = turn.State with { Local = turn.State.Local with { Replica = position } };
        // With nobody active the peer reckons with it, which of the two goes first.
        if (turn.State.FactsRead && (position.Journal, position.InSync) != (before.Journal, before.InSync)) turn.Do(new BeatNow());
        if (position.Journal != JournalState.Broken) turn.Clear(AlarmKind.Storage);
        else turn.Raise(AlarmKind.Storage, "the journal cannot be used: this node takes no changes and is not eligible. Free or mend the file system of state-dir.");
    }

    /// <summary>A broken part: a standby is not eligible for a while, an active leaves if there is somebody better.</summary>
    public static void Broken(Turn turn, string reason)
    {
        if (turn.State.Role == Role.Active && !PeerEvidence.PeerIsReady(turn.State, turn.Now, turn.Settings))
        {
            turn.State = turn.State with { Local = turn.State.Local with { LastFault = turn.Now } };
            turn.Raise(AlarmKind.LocalFault, $"{reason}; no eligible standby is known, so this node goes on");
            return;
        }
        if (turn.State.Role == Role.Active) ReleaseRules.Begin(turn, reason, Role.Fault, gentle: true);
        else if (!turn.State.HoldsOrClaims) Fault(turn, reason);
        else ReleaseRules.Begin(turn, reason, Role.Fault, gentle: false);
    }

    /// <summary>The lease ended: the addresses are gone or go now, whatever else is true.</summary>
    public static void Lease(Turn turn, string reason)
    {
        if (turn.State.HoldsOrClaims) ReleaseRules.Begin(turn, $"lease lost: {reason}", Role.Standby, gentle: false);
    }

    public static void LeaveForFault(Turn turn, string reason)
    {
        if (turn.State.HoldsOrClaims) ReleaseRules.Begin(turn, reason, Role.Fault, gentle: false);
        else if (turn.State.Role is not (Role.Fault or Role.Starting)) Fault(turn, reason);
    }

    /// <summary>Enters fault with a back-off that doubles while faults follow each other within a healthy minute.</summary>
    public static void Fault(Turn turn, string reason)
    {
        var local = turn.State.Local;
        var count = local.FaultCount > 0 && turn.Now - local.LastFault < HealthyTime ? local.FaultCount + 1 : 1;
        var backOff = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(count - 1, 6)));
        if (backOff > LongestBackOff) backOff = LongestBackOff;
        if (backOff < turn.Deadline) backOff = turn.Deadline;
        turn.State = turn.State with
        {
            Local = local with { FaultCount = count, LastFault = turn.Now },
        };
        Enter(turn, reason, backOff, ofService: false);
    }

    /// <summary>What broke on an active that had to go on is over when nothing broke again for a healthy minute.</summary>
    public static void ConsiderAlarms(Turn turn)
    {
        if (turn.State.Role != Role.Fault && !turn.State.Raised.Contains(AlarmKind.Storage) && turn.Now - turn.State.Local.LastFault > HealthyTime) turn.Clear(AlarmKind.LocalFault);
    }

    /// <summary>Enters fault for a time.</summary>
    public static void Enter(Turn turn, string reason, TimeSpan backOff, bool ofService)
    {
        turn.State = turn.State with
        {
            Terms = turn.State.Terms with { Held = Term.None },
            Local = turn.State.Local with { Fault = reason, FaultUntil = turn.Now + backOff, FaultOfService = ofService },
        };
        ProbeRules.Forget(turn);
        turn.Become(Role.Fault, reason);
    }

    /// <summary>Fault ends when its cause is gone and the back-off has passed; a deadline of listening follows.</summary>
    public static void ConsiderRecovery(Turn turn)
    {
        var (state, now) = (turn.State, turn.Now);
        var waits = now < state.Local.FaultUntil && !(state.Local.FaultOfService && ServiceRules.NobodyServes(turn));
        if (waits || !state.Local.CarrierUp || state.Local.Replica.Journal == JournalState.Broken || state.Stopping) return;
        if (state.Neighbours.EmptyRounds > 0 && PeerEvidence.LiveOnLink(state, now, turn.Settings))
        {
            ProbeRules.AskNeighbours(turn, TimeSpan.FromSeconds(1));
            return;
        }
        turn.Clear(AlarmKind.LocalFault);
        turn.Clear(AlarmKind.LanIsolated);
        var service = state.Local.Service == ServiceState.Failed ? ServiceState.Stopped : state.Local.Service;
        turn.ListenAnew();
        turn.State = turn.State with { Local = state.Local with { Fault = "", FaultOfService = false, Service = service } };
        turn.Become(state.Paused ? Role.Maintenance : Role.Standby, $"recovered: {state.Local.Fault}");
    }
}
