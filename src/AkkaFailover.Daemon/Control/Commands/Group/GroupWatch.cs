using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Events as they happen.</summary>
internal sealed class GroupWatch : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("watch", "events as they happen, until interrupted")
    {
        Arguments = [ArgumentDefinition.Group],
        Examples = ["group watch vpn", "group watch vpn --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        using var subscription = new EventSubscription(call.Context.System, call.Group());
        await foreach (var happened in subscription.Events.ReadAllAsync(call.Gone))
            await call.ProgressAsync(EventRows.ToJson(happened), EventRows.ToLine(happened, call.Context.Zone));
        throw new CommandRefusedException("the daemon is stopping or restarts its actor system: watch again", ExitCode.Unreachable);
    }
}
