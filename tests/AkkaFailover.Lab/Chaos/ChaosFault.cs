using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Chaos;

/// <summary>Paths between the nodes.</summary>
[Flags]
internal enum Paths
{
    None = 0,
    Lan = 1,
    Link = 2,
    All = Lan | Link,
}

/// <summary>Which nodes something is true of.</summary>
internal enum Reach
{
    Nobody,
    Target,
    Both,
}

/// <summary>What chance chose for one fault.</summary>
/// <param name="Node">Its target.</param>
/// <param name="IsActive">Whether the target held the address before.</param>
/// <param name="Length">How long it lasts, until it is mended.</param>
/// <param name="Percent">For losses.</param>
/// <param name="Forward">For what has a direction.</param>
internal sealed record Draw(AkkaNode Node, bool IsActive, TimeSpan Length, int Percent, bool Forward)
{
    public override string ToString() => $"on {Node.Host.Name}, the {(IsActive ? "active" : "standby")}, for {Length.TotalSeconds:0.00} s";
}

/// <summary>A kind of fault, and what the auditor must know of it.</summary>
/// <param name="Key">For the command line and the results.</param>
/// <param name="Words">For people.</param>
/// <param name="Shortest">Of its length, in seconds.</param>
/// <param name="Longest">Of its length, in seconds; short ones are as likely as long ones on a logarithmic scale.</param>
/// <param name="OfActive">The longest outage that it may cause where the active is its target; the README's table, or what the record's line says.</param>
/// <param name="Begin">Causes it.</param>
/// <param name="Mend">Mends it; daemons that it ended are started after all faults have been mended.</param>
internal sealed record ChaosFault(string Key, string Words, double Shortest, double Longest, double OfActive, Func<ChaosRig, Draw, Task> Begin, Func<ChaosRig, Draw, Task> Mend)
{
    /// <summary>The longest outage in seconds where the standby is its target: nothing is to be noticed.</summary>
    public double OfStandby { get; init; } = 0.1;

    /// <summary>By so much, in seconds, it prolongs a claim or a release that another fault causes beside it.</summary>
    public double Prolongs { get; init; }

    /// <summary>The outage may last as long as the fault, and that much longer: no node can be reached meanwhile.</summary>
    public bool LastsAsLong { get; init; }

    /// <summary>Nodes whose daemon it ends; they are started when it is mended.</summary>
    public Reach Ends { get; init; }

    /// <summary>Nodes that are no healthy node with its LAN while it lasts.</summary>
    public Reach Fells { get; init; }

    /// <summary>Paths between the nodes that it breaks, in one direction at least, without either node seeing it at its own interface: one that sees it holds nothing.</summary>
    public Paths Breaks { get; init; }

    /// <summary>Paths on which it loses frames at random. That is no broken path: what a stream loses is sent again, so that it is silent for a while at most.</summary>
    public Paths Loses { get; init; }

    /// <summary>What its target sends on the LAN is lost.</summary>
    public bool Mutes { get; init; }

    /// <summary>What is sent to its target on the LAN is lost.</summary>
    public bool Deafens { get; init; }

    /// <summary>The client's own packets are lost too, so that what counts is whether somebody holds the address.</summary>
    public bool BlindsClient { get; init; }

    /// <summary>The role stays where it is also where the active is the target.</summary>
    public bool Stays { get; init; }

    /// <summary>The same, for some draws only; where <see cref="MovesByStandby"/>, of the standby too.</summary>
    public Func<Draw, bool> StaysFor { get; init; } = _ => false;

    /// <summary>The role may move also where the standby is the target.</summary>
    public bool MovesByStandby { get; init; }

    /// <summary>So long it has to last on the active, in seconds, until the role must have moved; null where it need not.</summary>
    public double? MovesFrom { get; init; }

    /// <summary>It works on the interface itself, so that nothing else can work on it at the same time.</summary>
    public bool TakesInterface { get; init; }

    /// <summary>Whom it can hit.</summary>
    public Func<AkkaNode, bool, bool> CanHit { get; init; } = (_, _) => true;
}
