using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>The last resort of an operator who knows more than the evidence.</summary>
internal sealed class GroupTakeover : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("takeover", "claim the role for this node, without evidence")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [new("force", "that you know the other node does not hold the addresses") { Required = true }],
        Details = ["Use it when the other node is known to be gone and the rules forbid the claim, such as with every witness down. Where the other node still holds the addresses, both have them until one hears the other."],
        Examples = ["group takeover vpn --force"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.OrderAsync(group, new TakeoverForced(call.By));
        return Done(new JsonObject { ["group"] = group.Name.Value, ["text"] = answer.Text }, answer.Text);
    }
}
