using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>Writes a snapshot, so that the journal can forget what came before.</summary>
internal sealed class JournalCompact : ControlCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public override CommandDefinition Definition { get; } = new("compact", "write a snapshot and forget the journal before it")
    {
        Arguments = [ArgumentDefinition.Group],
        Details =
        [
            "The daemon does this by itself when the log has become half as large as a snapshot. Old rows go in the background; the file keeps its size, and new rows use the room.",
            "config log begins anew after it.",
        ],
        Examples = ["journal compact vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var answer = await call.AskAsync<JournalCompacted>(group.Replica, new CompactJournal(), $"the replica of group {group.Name}", Patience);
        if (answer.Refusal is { } refusal) throw new CommandRefusedException(refusal);
        return Done(new JsonObject { ["group"] = group.Name.Value, ["version"] = answer.Version }, $"the journal of {group.Name} begins with version {answer.Version}");
    }
}
