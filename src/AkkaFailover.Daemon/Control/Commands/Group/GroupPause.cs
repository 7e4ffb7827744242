using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Freezes roles.</summary>
internal sealed class GroupPause : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("pause", "freeze the roles of the pair")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = ["No claim, no handover, and health is ignored until group resume; the lease still holds, so a dead daemon still loses its addresses."],
        Examples = ["group pause vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.OrderAsync(group, new PauseRequested(true, call.By));
        return Done(new JsonObject { ["group"] = group.Name.Value, ["text"] = answer.Text }, answer.Text);
    }
}
