using System.Text.Json.Nodes;
using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Vip;

/// <summary>Announces held addresses again.</summary>
internal sealed class VipAnnounce : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("announce", "announce the held addresses again, for a switch or router that missed them")
    {
        Arguments = [ArgumentDefinition.Group],
        Examples = ["vip announce vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var report = await call.AskAsync<VipReport>(group.Vip, new GetVip(), $"the address owner of group {group.Name}");
        if (!report.Holds) throw new CommandRefusedException($"this node does not hold the addresses of group {group.Name}: announce them on the active");
        group.Vip.Tell(new AnnounceAddresses($"asked for by {call.By}"));
        var addresses = group.Settings.VirtualAddresses.Select(address => address.ToString()).ToList();
        return Done(
            new JsonObject { ["group"] = group.Name.Value, ["addresses"] = Array(addresses, address => address) },
            $"announcing {string.Join(", ", addresses)}");
    }
}
