using System.Text;
using System.Text.Json;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Sets a key, or makes one of many changes.</summary>
internal sealed class ConfigSet : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("set", "set a key; done when both nodes have it, while both are there")
    {
        Arguments = [new("KEY", "1 to 512 bytes of UTF-8 without control characters"), new("VALUE", "the value, as text")],
        Options = [
            new("file", "the value is the contents of a file; - is standard input", "FILE", ValueKind.File) { Input = InputKind.File, Replaces = ["VALUE"] },
            new("stdin", "many changes from standard input, one JSON object a line") { Input = InputKind.Lines, Replaces = ["KEY", "VALUE"] },
            OptionDefinition.Group,
        ],
        Details = [
            $"A value has at most {ChangeRules.MaxValueBytes} bytes.",
            """
            A line of --stdin is {"key":"…","value":"…"}, {"key":"…","valueBase64":"…"} or {"key":"…","remove":true}. Each is answered with
            {"key":…,"version":…,"replicated":…} or {"key":…,"error":…}, a line each, in their order; the exit code is 0 when every change was made.
            """,
        ],
        Examples = ["config set server/port 1194", "config set server/ca.crt --file /etc/openvpn/ca.crt", "config set --stdin < changes.jsonl"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        if (!call.Has("stdin"))
            return ConfigChange.ApplyAsync(call, group, call.Required("KEY"), call.Has("file") ? call.Data : Encoding.UTF8.GetBytes(call.Required("VALUE")));
        var (key, value, error) = ReadLine(call.Data);
        return error is null ? ConfigChange.ApplyAsync(call, group, key, value) : Task.FromResult(ConfigChange.Refuse(key, error, ExitCode.Usage));
    }

    /// <summary>Reads a line of <c>--stdin</c>: what it changes, or why it changes nothing. Never throws.</summary>
    internal static (string Key, byte[]? Value, string? Error) ReadLine(byte[] line)
    {
        var key = "";
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("key", out var name) || name.ValueKind != JsonValueKind.String)
                return ("", null, """the line is not an object with a "key" """.TrimEnd());
            key = name.GetString()!;
            var text = root.TryGetProperty("value", out var value);
            var binary = root.TryGetProperty("valueBase64", out var base64);
            var remove = root.TryGetProperty("remove", out var flag) && flag.ValueKind == JsonValueKind.True;
            return (text, binary, remove) switch
            {
                (true, false, false) when value.ValueKind == JsonValueKind.String => (key, Encoding.UTF8.GetBytes(value.GetString()!), null),
                (false, true, false) when base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes) => (key, bytes, null),
                (false, false, true) => (key, null, null),
                _ => (key, null, """the line needs one of "value" (a string), "valueBase64" (base64) and "remove" (true)"""),
            };
        }
        catch (JsonException unreadable)
        {
            return (key, null, $"the line is not JSON: {unreadable.Message}");
        }
        // Octets that are no UTF-8 and halves of a surrogate pair are found only when a string is asked for.
        catch (InvalidOperationException notText)
        {
            return (key, null, $"a string of the line is no text: {notText.Message}");
        }
    }
}
