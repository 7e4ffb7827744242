using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control;

/// <summary>One command: what it is and what it does. A new one is one class and one line in its palette.</summary>
public abstract class ControlCommand
{
    /// <summary>What it is; help, usage errors and completion come from this.</summary>
    public abstract CommandDefinition Definition { get; }

    /// <summary>Runs it. A <see cref="CommandRefusedException"/> becomes a refusal.</summary>
    public abstract Task<ControlAnswer> RunAsync(CommandCall call);

    /// <summary>The answer of a command that did what was asked.</summary>
    protected static ControlAnswer Done(JsonNode data, params IReadOnlyList<ViewPart> view) => new(0, ExitCode.Done) { Data = data, View = view };

    /// <summary>The answer of a command that did what was asked, in one line.</summary>
    protected static ControlAnswer Done(JsonNode data, string text) => Done(data, new LinesView([text]));

    /// <summary>The array of some rows.</summary>
    protected static JsonArray Array<T>(IEnumerable<T> rows, Func<T, JsonNode?> each) => new([.. rows.Select(each)]);
}

/// <summary>Commands under one word.</summary>
/// <param name="Name">The word; empty for commands that have none before them.</param>
/// <param name="Summary">One line, without a full stop.</param>
/// <param name="Commands">In the order of the help.</param>
public sealed record CommandPalette(string Name, string Summary, IReadOnlyList<ControlCommand> Commands)
{
    /// <summary>What the client sees of it.</summary>
    public Palette Definition => new(Name, Summary, [.. Commands.Select(command => command.Definition)]);
}

/// <summary>The command is not done; the message says why and what to do.</summary>
/// <param name="message">For the operator.</param>
/// <param name="code">The exit code.</param>
public sealed class CommandRefusedException(string message, int code = ExitCode.Refused) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int Code => code;
}
