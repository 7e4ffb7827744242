using System.Text.Json.Nodes;
using Akka.Actor;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>The real tree of actors, read from the actor system itself.</summary>
internal sealed class ActorHierarchy : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("hierarchy", "the actors under /user, with their types and mailboxes")
    {
        Examples = ["actor hierarchy"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var actors = Walk(((ExtendedActorSystem)call.Context.System).Guardian, 0).ToList();
        var data = new JsonObject
        {
            ["actors"] = Array(actors, actor => new JsonObject { ["path"] = actor.Path, ["type"] = actor.Type, ["mailbox"] = actor.Mailbox }),
        };
        return Task.FromResult(Done(data, new TableView(
            ["ACTOR", "TYPE", "MAILBOX"],
            [.. actors.Select(actor => (IReadOnlyList<Cell>)[
                $"{new string(' ', 2 * actor.Depth)}{(actor.Depth == 0 ? actor.Path : actor.Path[(actor.Path.LastIndexOf('/') + 1)..])}",
                actor.Type,
                new Cell($"{actor.Mailbox}", actor.Mailbox > 100 ? Tone.Warn : Tone.Dim)])],
            "no actors")));
    }

    private static IEnumerable<Row> Walk(IActorRef actor, int depth)
    {
        if (actor is not ActorRefWithCell { Underlying: var cell } live) return [];
        return live.Children.OrderBy(child => child.Path.Name, StringComparer.Ordinal)
            .SelectMany(child => Walk(child, depth + 1))
            .Prepend(new Row(actor.Path.ToStringWithoutAddress(), cell.Props.Type.Name, cell.NumberOfMessages, depth));
    }

    private sealed record Row(string Path, string Type, int Mailbox, int Depth);
}
