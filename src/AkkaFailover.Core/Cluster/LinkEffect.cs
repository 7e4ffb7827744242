using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Cluster;

/// <summary>Something to be done for the link.</summary>
public abstract record LinkEffect;

/// <summary>Try to connect to the peer's port; answer <see cref="ProbeEnded"/>.</summary>
/// <param name="Number">Counted from 1; a connection in between makes an older probe's outcome worthless.</param>
public sealed record StartProbe(ulong Number) : LinkEffect;

/// <summary>Send a greeting.</summary>
public sealed record SendGreeting(LinkStamp Stamp, bool WantsAnswer) : LinkEffect;

/// <summary>Send a keep-alive, or the answer to one.</summary>
public sealed record SendKeepAlive(LinkStamp Stamp, bool WantsAnswer) : LinkEffect;

/// <summary>The link's state or its detail changed.</summary>
public sealed record LinkAnnounced(LinkStatus Status, string Detail) : LinkEffect
{
    /// <summary>The transport of a connected link ended: the kernel of a process that is gone does that at once, a host that is dead never.</summary>
    public bool Ended { get; init; }
}

/// <summary>Drop whatever association the transport has with the peer's address, so that the next word makes a new one.</summary>
public sealed record ResetAssociation : LinkEffect;
