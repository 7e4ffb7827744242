using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AkkaFailover.Cli.Rendering;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>
/// Standard input as requests, one a line, up to 256 of them on the way at once; one line of JSON for each, in the order
/// of the input and as soon as it is there, so that a program may also wait for each answer before it sends the next.
/// </summary>
internal sealed class LineCalls(ControlClient daemon, Terminal terminal)
{
    private readonly Channel<long> _sent = Channel.CreateBounded<long>(ControlProtocol.MaxOutstanding);

    /// <summary>Runs until the input ends and everything is answered.</summary>
    /// <returns>0 where every line was done, 1 where one was refused.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        using var broken = new CancellationTokenSource();
        var sending = SendAsync(words, broken.Token);
        try
        {
            var allDone = await PrintAsync();
            return await sending is { } error ? FailoverCtl.Fail(terminal, error, ExitCode.Refused) : allDone ? ExitCode.Done : ExitCode.Refused;
        }
        finally
        {
            await broken.CancelAsync();
        }
    }

    /// <summary>Sends each line that is not empty; returns what ended it early, or null.</summary>
    private async Task<string?> SendAsync(IReadOnlyList<string> words, CancellationToken broken)
    {
        try
        {
            using var input = new StreamReader(terminal.In, Encoding.UTF8, false, 64 * 1024, leaveOpen: true);
            long id = 0;
            for (var number = 1; await input.ReadLineAsync(broken) is { } line; number++)
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                var data = Encoding.UTF8.GetBytes(line);
                if (data.Length > ControlProtocol.MaxDataBytes)
                    return $"line {number} has more than {ControlProtocol.MaxDataBytes} bytes; neither it nor what follows was sent";
                await _sent.Writer.WriteAsync(++id, broken);
                await daemon.SendAsync(new ControlRequest(id, words, data));
            }
            return null;
        }
        finally
        {
            _sent.Writer.Complete();
        }
    }

    /// <summary>Prints the answers in the order of the requests; they may come in another.</summary>
    private async Task<bool> PrintAsync()
    {
        var allDone = true;
        var early = new Dictionary<long, ControlAnswer>();
        await foreach (var id in _sent.Reader.ReadAllAsync())
        {
            ControlAnswer? answer;
            while (!early.Remove(id, out answer))
            {
                var next = await daemon.ReadAsync();
                if (next.Id == 0) throw new RefusedException(next.Error ?? "the daemon could not read a request");
                early[next.Id] = next;
            }
            allDone &= answer.Code == ExitCode.Done;
            await AnswerWriter.WriteLineAsync(answer.Data ?? new JsonObject { ["error"] = answer.Error }, terminal);
        }
        return allDone;
    }
}
