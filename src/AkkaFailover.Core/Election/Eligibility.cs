namespace AkkaFailover.Core.Election;

/// <summary>Whether a node would claim if nobody were active.</summary>
public static class Eligibility
{
    /// <summary>Judges the node's own parts, not the peer's evidence.</summary>
    /// <param name="state">The node's state.</param>
    /// <param name="whyNot">Why not; empty where it is eligible.</param>
    public static bool Judge(ElectionState state, out string whyNot)
    {
        whyNot = state switch
        {
            { Stopping: true } => "the daemon is stopping",
            { Local.CarrierUp: false } => "no carrier",
            { Role: Role.Fault } => state.Local.Fault,
            { Paused: true } => "paused by an operator",
            { Local.Replica.Journal: JournalState.Unread } => "its journal is still being read",
            { Local.Replica.Journal: JournalState.Broken } => "the journal cannot be used",
            { Local.Service: ServiceState.Failed } => $"the service has failed: {state.Local.ServiceDetail}",
            { Local.StandbyFallen: { Length: > 0 } fallen } => fallen,
            _ => "",
        };
        return whyNot.Length == 0;
    }

    /// <summary>Why not, for people: with the time until a fault is looked at again.</summary>
    public static string WhyNot(ElectionState state, Moment now)
    {
        Judge(state, out var whyNot);
        return state.Role == Role.Fault && state.Local.FaultUntil > now ? $"{whyNot}; looked at again in {Turn.Seconds(state.Local.FaultUntil - now)}" : whyNot;
    }
}

/// <summary>The words of service states.</summary>
public static class ServiceWords
{
    /// <summary>The state in lower case, as the contract writes it.</summary>
    public static string Word(ServiceState state) => state switch
    {
        ServiceState.None => "none",
        ServiceState.Stopped => "stopped",
        ServiceState.Preparing => "preparing",
        ServiceState.Running => "running",
        ServiceState.Failing => "failing",
        ServiceState.Failed => "failed",
        ServiceState.Stopping => "stopping",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
