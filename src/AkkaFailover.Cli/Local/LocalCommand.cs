using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>A command that the client does itself, also while no daemon runs.</summary>
internal abstract class LocalCommand
{
    /// <summary>What it is, as the daemon's commands say it.</summary>
    public abstract CommandDefinition Definition { get; }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public abstract Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal);
}
