using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Writes keys as files.</summary>
internal sealed class ConfigExport : ControlCommand
{
    /// <summary>Bytes of content in one part of the answer, unless a single value is larger.</summary>
    private const int MaxPart = 1 << 20;

    public override CommandDefinition Definition { get; } = new("export", "write all keys as files of a new folder, secrets among them")
    {
        Arguments = [new("DIR", "the folder; it must not be there yet, or be empty", Kind: ValueKind.File) { Folder = FolderUse.Write }],
        Options = [OptionDefinition.Group],
        Details = ["The folder and its files are for their owner alone, and complete or not there. Watched files and conflicts are left out. config import takes the folder back."],
        Examples = ["config export ./vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var held = await call.AskAsync<HeldEntries>(group.Replica, new GetHeld(), $"the replica of group {group.Name}");
        var keys = held.Entries.Keys.Where(key => !ChangePlan.IsReserved(key)).ToList();
        var (part, bytes) = (new List<FolderFile>(), 0);
        foreach (var (key, path) in KeyPath.OfAll(keys))
        {
            var content = held.Entries[key].Value;
            if (part.Count > 0 && bytes + content.Length > MaxPart)
            {
                await SendAsync(call, part);
                (part, bytes) = ([], 0);
            }
            part.Add(new FolderFile(path, content));
            bytes += content.Length + path.Length;
        }
        await SendAsync(call, part);
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["version"] = held.End.Version,
            ["keys"] = keys.Count,
            ["leftOut"] = held.Entries.Count - keys.Count,
        };
        return Done(data, $"{keys.Count} keys of version {held.End.Version} are in {call.Required("DIR")}");
    }

    private static ValueTask SendAsync(CommandCall call, IReadOnlyList<FolderFile> part) =>
        call.Send(new ControlAnswer(0, ExitCode.Done) { More = true, Files = part });
}
