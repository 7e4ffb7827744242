using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>The pair at a glance.</summary>
internal sealed class StatusCommand : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("status", "roles, terms, addresses, configuration and evidence of all groups")
    {
        Details = ["A row for this node and one for each peer as this node sees it, then the alarms. With --output json: schema 1, which scripts may rely on."],
        Examples = ["status", "status --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var status = await GroupStatusQuery.AskAsync(call, call.Context.Groups);
        return Done(status.ToJson(), StatusView.OfAll(status, call.Context.Zone));
    }
}
