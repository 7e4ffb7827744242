using AkkaFailover.Cli.Client;
using AkkaFailover.Cli.Local;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Prompt;

/// <summary>The interactive prompt: one command a line, each on a connection of its own, so that it outlives a restart of the daemon.</summary>
internal static class CommandPrompt
{
    /// <summary>Runs until the end of the input or <c>exit</c>.</summary>
    public static async Task<int> RunAsync(ClientOptions options, Terminal terminal)
    {
        var history = History.Open(terminal.Environment);
        var catalogue = await BashCompletion.CatalogueAsync(options);
        var prompt = catalogue.Node.Length > 0 ? $"{catalogue.Node}> " : "(no daemon)> ";
        var editor = new LineEditor(() => Console.ReadKey(intercept: true), Console.Out, () => Console.WindowWidth, history.Lines,
            (before, begun) => Completion.Candidates(catalogue, before, begun));
        Console.Out.WriteLine("'help' lists the commands; Tab completes; 'exit' or Ctrl-D ends.");
        while (ReadLine(editor, prompt) is { } line)
        {
            var words = CommandWords.Split(line);
            if (words.Count == 0) continue;
            if (words is ["exit" or "quit"]) break;
            history.Add(line);
            if (ClientOptions.Parse(words, terminal.Environment, out var error) is not { } typed) FailoverCtl.Fail(terminal, error!, ExitCode.Usage);
            else await RunCommandAsync(Inherit(typed, options, words), terminal);
        }
        return ExitCode.Done;
    }

    /// <summary>While a line is typed, Ctrl-C takes it back.</summary>
    private static string? ReadLine(LineEditor editor, string prompt)
    {
        Console.TreatControlCAsInput = true;
        var line = editor.ReadLine(prompt);
        Console.TreatControlCAsInput = false;
        return line;
    }

    /// <summary>While a command runs, Ctrl-C ends it and not the prompt.</summary>
    private static async Task RunCommandAsync(ClientOptions options, Terminal terminal)
    {
        using var interrupted = new CancellationTokenSource();
        void Interrupt(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        }
        Console.CancelKeyPress += Interrupt;
        await FailoverCtl.RunAsync(options, terminal with { Interrupted = interrupted.Token });
        Console.CancelKeyPress -= Interrupt;
    }

    /// <summary>What was said when the prompt was started holds until a line says otherwise.</summary>
    private static ClientOptions Inherit(ClientOptions typed, ClientOptions started, IReadOnlyList<string> words) => typed with
    {
        Socket = Says(words, "--socket") ? typed.Socket : started.Socket,
        Output = Says(words, "--output") ? typed.Output : started.Output,
    };

    private static bool Says(IReadOnlyList<string> words, string option) =>
        words.Any(word => word == option || word.StartsWith(option + "=", StringComparison.Ordinal));
}
