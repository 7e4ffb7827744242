using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>The facts that commands of a group find in their environment.</summary>
public static class CommandEnvironment
{
    /// <summary>For the commands and the process of a service.</summary>
    /// <param name="node">This node.</param>
    /// <param name="group">The group.</param>
    /// <param name="child">What is started: FAILOVER_ROLE is standby for the stop command, else active.</param>
    /// <param name="term">The term the service runs for.</param>
    /// <param name="reason">Why it is started or stopped.</param>
    public static IReadOnlyDictionary<string, string> ForService(NodeName node, GroupSettings group, ChildKind child, Term term, string reason)
    {
        var role = child == ChildKind.Stop ? Role.Standby : Role.Active;
        return new Dictionary<string, string>(Common(node, group, role, term)) { ["FAILOVER_REASON"] = Text(reason) };
    }

    /// <summary>For the command of a check.</summary>
    /// <param name="node">This node.</param>
    /// <param name="group">The group.</param>
    /// <param name="check">The check.</param>
    /// <param name="onActive">Whether it is asked as of a running service: FAILOVER_ROLE is active then, else standby.</param>
    /// <param name="term">The term the service runs for.</param>
    public static IReadOnlyDictionary<string, string> ForCheck(NodeName node, GroupSettings group, HealthCheckSettings check, bool onActive, Term term) =>
        new Dictionary<string, string>(Common(node, group, onActive ? Role.Active : Role.Standby, term)) { ["FAILOVER_CHECK"] = check.Name };

    /// <summary>For the notify command.</summary>
    public static IReadOnlyDictionary<string, string> ForNotify(NodeName node, GroupSettings group, RoleChange change) =>
        new Dictionary<string, string>(Common(node, group, change.To, change.Term))
        {
            ["FAILOVER_PREVIOUS_ROLE"] = change.From.Word(),
            ["FAILOVER_CAUSE"] = Text(change.Cause),
            ["FAILOVER_EVIDENCE"] = change.Evidence.ToString(),
        };

    /// <summary>For the command that judges a change.</summary>
    /// <param name="folder">The proposed configuration as files.</param>
    /// <param name="changed">A file with the keys that change, one a line.</param>
    /// <param name="by">Who asks for the change.</param>
    public static IReadOnlyDictionary<string, string> ForValidation(NodeName node, GroupSettings group, string folder, string changed, string by) =>
        new Dictionary<string, string>
        {
            ["FAILOVER_GROUP"] = group.Name.Value,
            ["FAILOVER_NODE"] = node.Value,
            ["FAILOVER_CONFIG"] = folder,
            ["FAILOVER_CHANGED"] = changed,
            ["FAILOVER_BY"] = Text(by),
        };

    private static Dictionary<string, string> Common(NodeName node, GroupSettings group, Role role, Term term) => new()
    {
        ["FAILOVER_GROUP"] = group.Name.Value,
        ["FAILOVER_NODE"] = node.Value,
        ["FAILOVER_ROLE"] = role.Word(),
        ["FAILOVER_TERM"] = term.ToString(),
        ["FAILOVER_ADDRESSES"] = string.Join(' ', group.VirtualAddresses),
        ["FAILOVER_INTERFACE"] = group.Interface,
    };

    /// <summary>An environment cannot carry a zero character, and a peer's words may be part of a reason.</summary>
    private static string Text(string text) => text.Replace('\0', ' ');
}
