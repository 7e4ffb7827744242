using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Service;

/// <summary>Stops and starts the service in place.</summary>
internal sealed class ServiceRestart : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("restart", "stop the service and start it again, on this node")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = ["On the active; the address stays where it is. What failed before counts no more. Returns at once: 'service show' and 'group watch' tell how it goes. Refused on any other node."],
        Examples = ["service restart vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.OrderAsync(group, new ServiceRestartRequested(call.By));
        return Done(new JsonObject { ["group"] = group.Name.Value, ["text"] = answer.Text }, answer.Text);
    }
}
