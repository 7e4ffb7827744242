using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control;

/// <summary>From a request to its answer.</summary>
/// <param name="context">What commands may ask, at the moment of the request.</param>
/// <param name="palettes">All commands.</param>
public sealed class CommandDispatcher(Func<ControlContext> context, IReadOnlyList<CommandPalette> palettes)
{
    private readonly IReadOnlyList<Palette> _definitions = [.. palettes.Select(palette => palette.Definition)];

    /// <summary>Runs a request. What a command asks of an actor first is asked before this returns: requests begin in their order.</summary>
    /// <param name="request">The request.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="send">Sends a part of the answer ahead of its end.</param>
    /// <param name="gone">The client has gone.</param>
    /// <returns>The last answer.</returns>
    public async Task<ControlAnswer> RunAsync(ControlRequest request, string by, Func<ControlAnswer, ValueTask> send, CancellationToken gone)
    {
        try
        {
            var now = context();
            var catalogue = new Catalogue(
                now.Settings.Node.Value, DaemonVersion.Text, [.. now.Groups.Select(group => group.Name.Value)], _definitions);
            return Shape(request, CommandLine.Parse(catalogue, request.Argv ?? []) switch
            {
                CallLine { Input: { } input } when request.Data is null =>
                    new ControlAnswer(0, ExitCode.Usage) { Error = $"--{input.Name}: the request has no data" },
                CallLine line when line.Folder(FolderUse.Read) is not null && request.Files is null =>
                    new ControlAnswer(0, ExitCode.Usage) { Error = "the request has no files" },
                CallLine line => await Find(line).RunAsync(new CommandCall
                {
                    Line = line,
                    Data = request.Data ?? [],
                    Files = request.Files ?? [],
                    By = by,
                    Context = now,
                    Catalogue = catalogue,
                    Send = part => send(Shape(request, part)),
                    Gone = gone,
                }),
                UsageLine usage => new ControlAnswer(0, ExitCode.Usage) { Error = usage.Error },
                HelpLine help => new ControlAnswer(0, ExitCode.Done) { View = [new LinesView([HelpText.For(catalogue, help).TrimEnd()])] },
                var other => throw new InvalidOperationException(other.ToString()),
            });
        }
        catch (CommandRefusedException refused)
        {
            return new ControlAnswer(request.Id, refused.Code) { Error = refused.Message };
        }
    }

    private ControlCommand Find(CallLine line) =>
        palettes.First(palette => palette.Name == line.Palette.Name).Commands.First(command => command.Definition.Name == line.Definition.Name);

    private static ControlAnswer Shape(ControlRequest request, ControlAnswer answer) => request.Output == OutputKind.Table
        ? answer with { Id = request.Id, Data = null }
        : answer with { Id = request.Id, View = null, Raw = null };
}
