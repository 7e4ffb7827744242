using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Rendering;

/// <summary>Puts answers where they belong: facts on standard output, refusals on standard error.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes one answer, or a part of one.</summary>
    public static async Task WriteAsync(ControlAnswer answer, OutputKind output, Terminal terminal)
    {
        if (output == OutputKind.Json)
        {
            if (answer.Data is { } data) await WriteJsonAsync(data, terminal, indented: terminal.IsTerminal && !answer.More);
        }
        else
        {
            if (answer.Raw is { } raw) await WriteRawAsync(raw, terminal);
            if (answer.View is { } view) await terminal.Out.WriteAsync(Encoding.UTF8.GetBytes(TextRenderer.Render(view, terminal.Colours)));
        }
        await terminal.Out.FlushAsync();
        if (answer.Error is { } error) FailoverCtl.Fail(terminal, error, answer.Code);
    }

    /// <summary>Byte for byte; only on a terminal the next prompt shall have a line of its own.</summary>
    private static async Task WriteRawAsync(byte[] raw, Terminal terminal)
    {
        await terminal.Out.WriteAsync(raw);
        if (terminal.IsTerminal && raw is not [.., (byte)'\n']) terminal.Out.WriteByte((byte)'\n');
    }

    /// <summary>Writes one line of JSON.</summary>
    public static async Task WriteLineAsync(JsonNode data, Terminal terminal)
    {
        await WriteJsonAsync(data, terminal, indented: false);
        await terminal.Out.FlushAsync();
    }

    private static async Task WriteJsonAsync(JsonNode data, Terminal terminal, bool indented)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            data.WriteTo(json);
        buffer.WriteByte((byte)'\n');
        await terminal.Out.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }
}
