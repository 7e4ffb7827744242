using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Paths;
using AkkaFailover.Daemon.Paths;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>The watched files and folders of this node.</summary>
internal sealed class ConfigPaths : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("paths", "watched files, folders and databases (db:NAME): where, how many, and which are not replicated")
    {
        Options = [OptionDefinition.Group],
        Details =
        [
            "watching: this node is active, its files count. following: they are written as the active says. waiting: there are no entries yet, or the journal is being read. "
            + "writing: something could not be written yet. failed: the path cannot be looked at.",
            "A file above 1 MiB is an entry once its content is on both nodes: until then its line tells how far it is.",
        ],
        Examples = ["config paths"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var paths = await call.AskAsync<IReadOnlyList<PathReport>>(group.Replica, new GetPaths(), $"the replica of group {group.Name}");
        return Done(
            new JsonObject { ["group"] = group.Name.Value, ["paths"] = Array(paths, ToJson) },
            new TableView(["NAME", "WHERE", "FILES", "BYTES", "STATE", "NOT REPLICATED"], [.. paths.SelectMany(ToRows)], "no watched paths: failover.groups.GROUP.config.paths"));
    }

    private static JsonObject ToJson(PathReport path) => new()
    {
        ["name"] = path.Name,
        ["where"] = path.Where,
        ["files"] = path.Files,
        ["bytes"] = path.Bytes,
        ["state"] = path.State,
        ["refused"] = Array(path.Refused, ToJson),
        ["transfers"] = Array(path.Transfers, ToJson),
    };

    private static JsonObject ToJson(PathTransfer transfer) => new() { ["path"] = transfer.Relative, ["done"] = transfer.Done, ["size"] = transfer.Size };

    private static JsonObject ToJson(PathRefusal refused) => new() { ["path"] = refused.Relative, ["reason"] = refused.Reason };

    /// <summary>A line for each file that is not on both nodes, the first of them beside the path.</summary>
    private static IEnumerable<IReadOnlyList<Cell>> ToRows(PathReport path)
    {
        List<string> lines = [.. path.Refused.Select(Words), .. path.Transfers.Select(Words)];
        yield return [path.Name, path.Where, $"{path.Files}", Wording.Size(path.Bytes), path.State, lines.Count == 0 ? Wording.None : lines[0]];
        foreach (var line in lines.Skip(1))
            yield return ["", "", "", "", "", line];
    }

    private static string Words(PathTransfer transfer) => (transfer.Relative.Length == 0 ? "" : $"{transfer.Relative}: ") + (transfer.Done is { } done
        ? $"being fetched, {Wording.Size(done)} of {Wording.Size(transfer.Size)}"
        : $"{Wording.Size(transfer.Size)} on their way to the other node");

    private static string Words(PathRefusal refused) => refused.Relative.Length == 0 ? refused.Reason : $"{refused.Relative}: {refused.Reason}";
}
