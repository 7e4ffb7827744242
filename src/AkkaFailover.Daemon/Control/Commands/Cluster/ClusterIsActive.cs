using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Cluster;

/// <summary>A question for scripts and load balancers, answered by the exit code.</summary>
internal sealed class ClusterIsActive : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("is-active", "exit code 0 where this node is active, 1 where not, 2 where nobody can say")
    {
        Arguments = [ArgumentDefinition.Group],
        Examples = ["cluster is-active vpn && echo mine"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var report = await call.AskAsync<ElectionReport>(group.Election, new GetElection(), $"the election of group {group.Name}");
        var active = report.Role == Role.Active;
        var data = new JsonObject { ["group"] = group.Name.Value, ["active"] = active, ["role"] = report.Role.Word() };
        return Done(data, report.Role.Word()) with { Code = active ? ExitCode.Done : ExitCode.Refused };
    }
}
