namespace AkkaFailover.Core.Cluster;

/// <summary>A node's place in an Akka.Cluster.</summary>
/// <param name="Member">It is a member of one.</param>
/// <param name="KnowsOther">The other node's present run is a member of the same.</param>
public readonly record struct Membership(bool Member, bool KnowsOther);

/// <summary>What a node does about membership.</summary>
public enum MembershipStep
{
    /// <summary>Nothing: all is well, or it is the other node's turn.</summary>
    None,

    /// <summary>Form the cluster.</summary>
    Form,

    /// <summary>Join the other node's cluster.</summary>
    JoinOther,

    /// <summary>Two clusters exist: this node must leave its own, with a new ActorSystem.</summary>
    Yield,
}

/// <summary>
/// How two nodes come to be in one cluster. No node ever forms a cluster alone: they greet each other first, and only
/// then one forms it and the other joins, so two clusters can hardly come to be. Should they (a reply that was on its way
/// while its sender restarted), the node that is less in use yields.
/// </summary>
public static class MembershipRule
{
    /// <summary>The next step.</summary>
    /// <param name="own">This node's place.</param>
    /// <param name="other">The other node's place, as it said on the present connection.</param>
    /// <param name="first">This node's name is the lower one.</param>
    /// <param name="ownBusy">A group of this node holds an address or is about to.</param>
    /// <param name="otherBusy">The same for the other node.</param>
    public static MembershipStep Next(Membership own, Membership other, bool first, bool ownBusy, bool otherBusy) => (own.Member, other.Member) switch
    {
        (false, true) => MembershipStep.JoinOther,
        (false, false) when first => MembershipStep.Form,
        (true, true) when !own.KnowsOther && !other.KnowsOther && Yields(first, ownBusy, otherBusy) => MembershipStep.Yield,
        _ => MembershipStep.None,
    };

    private static bool Yields(bool first, bool ownBusy, bool otherBusy) => !ownBusy && (otherBusy || !first);
}
