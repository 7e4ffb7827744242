using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Chaos;

/// <summary>What both hosts look like at rest: one daemon and one guard, no zombie, addresses as the kernel's events say.</summary>
internal static class AtRest
{
    // The name of a process has fifteen characters.
    private const string GuardName = "akka-failover-g";

    /// <summary>What is not so; empty where everything is.</summary>
    public static IEnumerable<string> Judge(ChaosRig rig) => rig.Nodes.SelectMany(node => Judge(rig, node));

    private static IEnumerable<string> Judge(ChaosRig rig, AkkaNode node)
    {
        var (name, guards) = (node.Host.Name, node.Guards());
        if (!node.Runs) yield return $"{name}: the daemon does not run";
        if (guards.Count != 1 || LabHost.NameOf(guards[0]) != GuardName) yield return $"{name}: beside the daemon run [{string.Join(", ", guards.Select(pid => $"{pid} {LabHost.NameOf(pid)}"))}] instead of one guard";
        if (node.Runs && LabHost.ChildrenOf(node.Process!.Pid).Where(IsZombie).ToList() is { Count: > 0 } zombies) yield return $"{name}: zombies of the daemon: {string.Join(", ", zombies)}";
        if (node.Host.HoldsVirtualAddress() != rig.Pair.Observer.Holders.Contains(name)) yield return $"{name}: the kernel's addresses are not what its events say";
        if (!node.Host.HasOwnAddress()) yield return $"{name}: its own LAN address is gone";
    }

    private static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
