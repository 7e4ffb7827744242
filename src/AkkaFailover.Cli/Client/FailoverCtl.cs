using AkkaFailover.Cli.Local;
using AkkaFailover.Cli.Prompt;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>The program: one command line in, one exit code out.</summary>
internal static class FailoverCtl
{
    /// <summary>Runs a command line; without words on a terminal, the prompt.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (BashCompletion.IsAsked(arguments, terminal)) return await BashCompletion.AnswerAsync(terminal);
        if (ClientOptions.Parse(arguments, terminal.Environment, out var error) is not { } options) return Usage(terminal, error!, "help");
        if (options.Words.Count > 0) return await RunAsync(options, terminal);
        if (terminal.Interactive) return await CommandPrompt.RunAsync(options, terminal);
        return Usage(terminal, "a command is missing", "help");
    }

    /// <summary>Runs the words of a command line.</summary>
    public static async Task<int> RunAsync(ClientOptions options, Terminal terminal)
    {
        try
        {
            if (LocalPalettes.Find(options.Words) is { } local) return await local.RunAsync(options, terminal);
            using var daemon = ControlClient.Connect(options.Socket, terminal.Interrupted);
            return await RunAsync(options, terminal, await daemon.CatalogueAsync(), daemon);
        }
        catch (UnreachableException) when (terminal.Interrupted.IsCancellationRequested)
        {
            return ExitCode.Refused;
        }
        catch (UnreachableException unreachable)
        {
            // What is wrong with the words is wrong without the daemon, too.
            if (CommandLine.Parse(LocalPalettes.Offline, options.Words) is not CallLine) return await RunAsync(options, terminal, LocalPalettes.Offline, null);
            return Fail(terminal, unreachable.Message, ExitCode.Unreachable);
        }
        catch (RefusedException refused)
        {
            return Fail(terminal, refused.Message, ExitCode.Refused);
        }
    }

    /// <summary>Says what is wrong.</summary>
    public static int Fail(Terminal terminal, string error, int code)
    {
        terminal.Error.WriteLine($"failoverctl: {error}");
        terminal.Error.Flush();
        return code;
    }

    private static async Task<int> RunAsync(ClientOptions options, Terminal terminal, Catalogue catalogue, ControlClient? daemon)
    {
        var all = catalogue.With(LocalPalettes.Definitions);
        switch (CommandLine.Parse(all, options.Words))
        {
            case UsageLine usage:
                return Usage(terminal, usage.Error, usage.Help);
            case HelpLine help:
                await terminal.Out.WriteAsync(System.Text.Encoding.UTF8.GetBytes(HelpText.For(all, help)));
                return ExitCode.Done;
            case CallLine { Input.Input: InputKind.Lines } when daemon is not null:
                return await new LineCalls(daemon, terminal).RunAsync(options.Words);
            case CallLine call when daemon is not null:
                return await SingleCall.RunAsync(daemon, terminal, options, call);
            default:
                throw new InvalidOperationException("a call needs the daemon");
        }
    }

    private static int Usage(Terminal terminal, string error, string help) => Fail(terminal, $"{error} (see 'failoverctl {help}')", ExitCode.Usage);
}
