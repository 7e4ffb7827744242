using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Thaws roles.</summary>
internal sealed class GroupResume : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("resume", "thaw the roles of the pair")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = ["The end of group pause."],
        Examples = ["group resume vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.OrderAsync(group, new PauseRequested(false, call.By));
        return Done(new JsonObject { ["group"] = group.Name.Value, ["text"] = answer.Text }, answer.Text);
    }
}
