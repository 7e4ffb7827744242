using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Everything about a group.</summary>
internal sealed class GroupShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "everything about one group, or the status of all")
    {
        Arguments = [new("GROUP", "the group; without it a table of all", Optional: true, ValueKind.Group)],
        Examples = ["group show", "group show vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var status = await GroupStatusQuery.AskAsync(call, call.GroupOrAll());
        var zone = call.Context.Zone;
        return Done(status.ToJson(), call.Argument("GROUP") is null ? StatusView.OfAll(status, zone) : StatusView.OfOne(status.Node, status.Groups[0], zone));
    }
}
