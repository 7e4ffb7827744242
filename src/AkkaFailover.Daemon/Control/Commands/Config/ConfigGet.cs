using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Writes a value.</summary>
internal sealed class ConfigGet : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("get", "write a key's value, byte for byte")
    {
        Arguments = [new("KEY", "the key")],
        Options = [new("reveal", "also where the key is one of config.secret-keys"), OptionDefinition.Group],
        Details = [
            """With --output json: {"key":…,"version":…,"value":"…"}, or "valueBase64" where the value is not UTF-8.""",
            "Of a watched file above 1 MiB only size and name of the content are told, with exit code 1.",
            "Of a key that config.secret-keys names only the fingerprint is told, with exit code 1 so that no script takes it for the value; --reveal writes the value.",
        ],
        Examples = ["config get server/ca.crt > ca.crt", "config get server/server.key --reveal > server.key"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var key = call.Required("KEY");
        var answer = await call.AskAsync<object>(group.Replica, new GetEntry(key), $"the replica of group {group.Name}");
        if (answer is not EntryFound found) throw new CommandRefusedException($"no key '{key}' in group {group.Name}: 'failoverctl config show' lists them");
        var data = new JsonObject { ["key"] = found.Key, ["version"] = found.Version };
        if (group.Settings.Config.SecretKeys.Contains(key) && !call.Has("reveal"))
            return Conceal(data, Digest.Of(found.Value).Fingerprint);
        if (NamedBlobs.In(key, found.Value) is { } blob)
            return KeptElsewhere(data, blob);
        if (Utf8.IsValid(found.Value)) data["value"] = Encoding.UTF8.GetString(found.Value);
        else data["valueBase64"] = Convert.ToBase64String(found.Value);
        return new ControlAnswer(0, ExitCode.Done) { Data = data, Raw = found.Value };
    }

    private static ControlAnswer KeptElsewhere(JsonObject data, BlobRef blob)
    {
        (data["blob"], data["size"]) = (blob.Name.ToString(), blob.Size);
        return new ControlAnswer(0, ExitCode.Refused) { Data = data, Error = $"its content of {blob.Size} bytes is a file of its own: 'failoverctl config paths' tells where the path is on this node" };
    }

    private static ControlAnswer Conceal(JsonObject data, string fingerprint)
    {
        (data["secret"], data["fingerprint"]) = (true, fingerprint);
        return new ControlAnswer(0, ExitCode.Refused) { Data = data, Error = $"a secret with fingerprint {fingerprint}: --reveal writes the value itself" };
    }
}
