using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AkkaFailover.Core.Palettes;

/// <summary>The control socket's protocol: one JSON object a line, in both directions (docs/control-protocol.md).</summary>
public static class ControlProtocol
{
    /// <summary>Where the daemon listens unless it is told otherwise.</summary>
    public const string DefaultSocket = "/run/akka-failover/control.sock";

    /// <summary>The longest request, in bytes with its newline.</summary>
    public const int MaxRequestBytes = 8 * 1024 * 1024;

    /// <summary>The most data that fits a request in base64, with 64 KiB to spare for its words.</summary>
    public const int MaxDataBytes = (MaxRequestBytes - (64 * 1024)) / 4 * 3;

    /// <summary>The most requests of one connection that may be without their last answer; more wait in the socket.</summary>
    public const int MaxOutstanding = 256;

    /// <summary>The command that answers with the <see cref="Catalogue"/>.</summary>
    public const string CatalogueCommand = "palettes";

    /// <summary>The protocol's JSON; it escapes only what JSON requires, so that lines stay readable to people.</summary>
    public static readonly ControlJson Json =
        new(new JsonSerializerOptions(ControlJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Exit codes of the client, and <see cref="ControlAnswer.Code"/> of an answer.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Refused; why is in the error.</summary>
    public const int Refused = 1;

    /// <summary>The daemon, or the part of it that was asked, cannot be reached.</summary>
    public const int Unreachable = 2;

    /// <summary>The command line is wrong (EX_USAGE of sysexits.h).</summary>
    public const int Usage = 64;
}

/// <summary>What an answer is wanted for.</summary>
public enum OutputKind
{
    /// <summary><see cref="ControlAnswer.Data"/>, for programs.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary><see cref="ControlAnswer.View"/> or <see cref="ControlAnswer.Raw"/>, for people.</summary>
    [JsonStringEnumMemberName("table")]
    Table,
}

/// <summary>A request.</summary>
/// <param name="Id">Any number; the answers carry it.</param>
/// <param name="Argv">The words after <c>failoverctl</c>, without the client's own options.</param>
/// <param name="Data">What the command's input option sends along; base64 in JSON.</param>
/// <param name="Output">What the answer is wanted for.</param>
public sealed record ControlRequest(long Id, IReadOnlyList<string>? Argv, byte[]? Data = null, OutputKind Output = OutputKind.Json)
{
    /// <summary>The files of the folder that an argument names (<see cref="FolderUse.Read"/>).</summary>
    public IReadOnlyList<FolderFile>? Files { get; init; }
}

/// <summary>A file of a folder, on its way in a request or an answer.</summary>
/// <param name="Path">Relative to the folder, with slashes.</param>
/// <param name="Content">Its bytes; base64 in JSON.</param>
public sealed record FolderFile(string Path, byte[] Content);

/// <summary>An answer, or a part of one.</summary>
/// <param name="Id">Of the request; 0 where the line could not be read.</param>
/// <param name="Code">An <see cref="ExitCode"/>.</param>
public sealed record ControlAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int Code)
{
    /// <summary>True where further answers to the same request follow.</summary>
    public bool More { get; init; }

    /// <summary>Why it was refused, and what to do.</summary>
    public string? Error { get; init; }

    /// <summary>The facts.</summary>
    public JsonNode? Data { get; init; }

    /// <summary>The facts as people read them.</summary>
    public IReadOnlyList<ViewPart>? View { get; init; }

    /// <summary>Bytes to be written as they are, instead of a view.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>Files for the folder that an argument names (<see cref="FolderUse.Write"/>); it counts once the last answer's code is 0.</summary>
    public IReadOnlyList<FolderFile>? Files { get; init; }
}

/// <summary>A part of what people read; the client lays it out.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LinesView), "lines")]
[JsonDerivedType(typeof(PairsView), "pairs")]
[JsonDerivedType(typeof(TableView), "table")]
public abstract record ViewPart
{
    /// <summary>A line above the part; null for none.</summary>
    public string? Title { get; init; }
}

/// <summary>Lines as they are.</summary>
public sealed record LinesView(IReadOnlyList<Cell> Lines) : ViewPart;

/// <summary>Names and values.</summary>
public sealed record PairsView(IReadOnlyList<Pair> Pairs) : ViewPart;

/// <summary>A name and its value.</summary>
public sealed record Pair(string Name, Cell Value);

/// <summary>Columns with their rows.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many cells each as there are columns.</param>
/// <param name="Empty">What to say instead where there are no rows.</param>
public sealed record TableView(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows, string Empty) : ViewPart;

/// <summary>A text with what it means; the client chooses colours, and only on a terminal.</summary>
public sealed record Cell(string Text, Tone Tone = Tone.Plain)
{
    /// <summary>A text without a meaning of its own.</summary>
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>What a text means.</summary>
public enum Tone
{
    /// <summary>Nothing in particular.</summary>
    [JsonStringEnumMemberName("plain")]
    Plain,

    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("good")]
    Good,

    /// <summary>To be looked at.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    /// <summary>Broken.</summary>
    [JsonStringEnumMemberName("bad")]
    Bad,

    /// <summary>Of no weight.</summary>
    [JsonStringEnumMemberName("dim")]
    Dim,
}

/// <summary>The protocol's JSON, made at compile time: the client is native code without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(Catalogue))]
public sealed partial class ControlJson : JsonSerializerContext;
