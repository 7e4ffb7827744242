using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaFailover.Core.Rehearsal;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>One line from the program in the namespaces to the daemon: a phase that has ended, or a line of the service.</summary>
/// <param name="Phase">The phase's word; null for a line of the service.</param>
/// <param name="Ok">Whether it did what it should.</param>
/// <param name="Text">What was done, why it failed, or what the service wrote.</param>
internal sealed partial record RehearsalLine(string? Phase, bool Ok, string Text)
{
    /// <summary>Longer texts are cut, in characters: a line of output has at most a thousand.</summary>
    private const int LongestText = 700;

    /// <summary>A phase that has ended.</summary>
    public static string Of(RehearsalPhase phase, bool ok, string text) => Write(new RehearsalLine(phase.Word(), ok, Cut(text)));

    /// <summary>What the service wrote.</summary>
    public static string Of(string output) => Write(new RehearsalLine(null, true, Cut(output)));

    /// <summary>Reads a line; null for anything else that was written, such as by a runtime that cannot start.</summary>
    public static RehearsalLine? Read(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize(line, RehearsalLineJson.Default.RehearsalLine) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Write(RehearsalLine line) => JsonSerializer.Serialize(line, Relaxed.RehearsalLine);

    // Quotes and backslashes take two characters each; controls were taken out where the line was read.
    private static string Cut(string text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
            if ((length += text[i] is '"' or '\\' ? 2 : char.IsControl(text[i]) ? 6 : 1) > LongestText) return string.Concat(text.AsSpan(0, i), "…");
        return text;
    }

    // Not for HTML: what people read here is written as it is.
    private static readonly RehearsalLineJson Relaxed = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [JsonSerializable(typeof(RehearsalLine))]
    private sealed partial class RehearsalLineJson : JsonSerializerContext;
}
