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
        Details =
        [
            "Use it when the other node is known to be gone and the rules forbid the claim: no witness answers, this node waits for the other after a restart, versions are missing, roles are frozen, it is in fault.",
            "It is refused beside an active that shows on any path (let that release first: group handover there), and where nothing forbids the claim. Where the other node holds the addresses and shows on no path, both have them until one hears the other.",
        ],
        Examples = ["group takeover vpn --force"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.OrderAsync(group, new TakeoverForced(call.By));
        return Done(new JsonObject { ["group"] = group.Name.Value, ["text"] = answer.Text }, answer.Text);
    }
}
