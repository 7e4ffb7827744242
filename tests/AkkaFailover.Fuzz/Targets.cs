namespace AkkaFailover.Fuzz;

/// <summary>All decoders of bytes from outside.</summary>
public static class Targets
{
    /// <summary>One each.</summary>
    public static readonly IReadOnlyList<FuzzTarget> All = [.. WireTargets.All, .. LinkTargets.All, .. TextTargets.All, .. OperatorTargets.All, .. ManagementTargets.All, .. HostTargets.All];

    /// <summary>The target of a name.</summary>
    public static FuzzTarget Named(string name) => All.Single(target => target.Name == name);
}
