using System.Text;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>What a shell needs to complete command lines.</summary>
internal sealed class CompletionCommand : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("completion", "write what a shell needs to complete command lines")
    {
        Arguments = [new("SHELL", "bash")],
        Examples = ["completion bash > /etc/bash_completion.d/failoverctl"],
    };

    public override async Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal)
    {
        if (line.Arguments["SHELL"] is not "bash") return FailoverCtl.Fail(terminal, "completion: bash is the only shell it knows", ExitCode.Usage);
        await terminal.Out.WriteAsync(Encoding.UTF8.GetBytes(BashCompletion.Registration));
        return ExitCode.Done;
    }
}
