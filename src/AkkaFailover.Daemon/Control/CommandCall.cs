using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control;

/// <summary>One call of a command: its words, what came along, who asks, and the actors it may ask.</summary>
public sealed class CommandCall
{
    /// <summary>The parsed command line.</summary>
    public required CallLine Line { get; init; }

    /// <summary>What the command's input option sent along; empty otherwise.</summary>
    public required byte[] Data { get; init; }

    /// <summary>The files of the folder that the command reads; empty otherwise.</summary>
    public required IReadOnlyList<FolderFile> Files { get; init; }

    /// <summary>Who asks, from the socket's credentials: a user name or "uid N".</summary>
    public required string By { get; init; }

    /// <summary>What may be asked.</summary>
    public required ControlContext Context { get; init; }

    /// <summary>Everything that can be typed.</summary>
    public required Catalogue Catalogue { get; init; }

    /// <summary>Sends a part of the answer ahead of its end.</summary>
    public required Func<ControlAnswer, ValueTask> Send { get; init; }

    /// <summary>The client has gone or has closed its sending side: ends commands that would go on for ever.</summary>
    public required CancellationToken Gone { get; init; }

    /// <summary>Sends a part of the answer ahead of its end.</summary>
    public ValueTask ProgressAsync(JsonNode data, string text) =>
        Send(new ControlAnswer(0, ExitCode.Done) { More = true, Data = data, View = [new LinesView([text])] });

    /// <summary>An argument's value, or null.</summary>
    public string? Argument(string name) => Line.Arguments.GetValueOrDefault(name);

    /// <summary>An argument that the definition requires.</summary>
    public string Required(string name) => Line.Arguments[name];

    /// <summary>Whether an option is given.</summary>
    public bool Has(string option) => Line.Options.ContainsKey(option);

    /// <summary>How many lines are wanted (<see cref="OptionDefinition.Last"/>).</summary>
    public int Last => Line.Option("last") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 50;

    /// <summary>The group that is named, or the only one.</summary>
    public GroupHandle Group() => NamedGroup() ?? (Context.Groups.Count == 1
        ? Context.Groups[0]
        : throw new CommandRefusedException($"which group? This node has {GroupNames()}", ExitCode.Usage));

    /// <summary>The group that is named, or all.</summary>
    public IReadOnlyList<GroupHandle> GroupOrAll() => NamedGroup() is { } group ? [group] : Context.Groups;

    /// <summary>Asks an actor.</summary>
    /// <exception cref="CommandRefusedException">It did not answer in time.</exception>
    public async Task<T> AskAsync<T>(IActorRef actor, object question, string who, TimeSpan? patience = null)
    {
        var bound = patience ?? Context.Patience;
        try
        {
            return await actor.Ask<T>(question, bound);
        }
        catch (AskTimeoutException)
        {
            throw new CommandRefusedException(
                $"{who} did not answer within {bound.TotalSeconds:0.#} s: see the daemon's log and 'failoverctl status'", ExitCode.Unreachable);
        }
    }

    /// <summary>Asks a part of a group; null where it did not answer in time.</summary>
    public async Task<T?> TryAskAsync<T>(IActorRef actor, object question)
        where T : class
    {
        try
        {
            return await actor.Ask<T>(question, Context.Patience);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Gives the election an operator's command.</summary>
    /// <exception cref="CommandRefusedException">It will not do it.</exception>
    public async Task<OperatorAnswer> OrderAsync(GroupHandle group, object input)
    {
        var answer = await AskAsync<OperatorAnswer>(group.Election, input, $"the election of group {group.Name}");
        return answer.Accepted ? answer : throw new CommandRefusedException(answer.Text);
    }

    private GroupHandle? NamedGroup()
    {
        if ((Argument("GROUP") ?? Line.Option("group")) is not { } name) return null;
        return Context.Groups.FirstOrDefault(group => group.Name.Value == name)
            ?? throw new CommandRefusedException($"no group '{name}': this node has {GroupNames()}");
    }

    private string GroupNames() => string.Join(", ", Context.Groups.Select(group => group.Name.Value));
}
