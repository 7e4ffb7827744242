namespace AkkaFailover.Cli.Client;

/// <summary>What the program reads from and writes to.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output; answers.</param>
/// <param name="Error">Standard error; refusals.</param>
/// <param name="Interactive">A person sits at both ends: the prompt makes sense.</param>
/// <param name="IsTerminal">Standard output is a terminal: colours and indented JSON make sense.</param>
/// <param name="Environment">Environment variables.</param>
internal sealed record Terminal(Stream In, Stream Out, TextWriter Error, bool Interactive, bool IsTerminal, Func<string, string?> Environment)
{
    /// <summary>A person has had enough of the command that runs.</summary>
    public CancellationToken Interrupted { get; init; }

    /// <summary>Whether to colour; see no-color.org.</summary>
    public bool Colours => IsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb";

    /// <summary>This process's own.</summary>
    public static Terminal OfProcess() => new(
        Console.OpenStandardInput(),
        Console.OpenStandardOutput(),
        Console.Error,
        !Console.IsInputRedirected && !Console.IsOutputRedirected,
        !Console.IsOutputRedirected,
        System.Environment.GetEnvironmentVariable);
}
