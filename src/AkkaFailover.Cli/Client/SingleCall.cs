using AkkaFailover.Cli.Rendering;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>One request and its answers.</summary>
internal static class SingleCall
{
    public static async Task<int> RunAsync(ControlClient daemon, Terminal terminal, ClientOptions options, CallLine line)
    {
        byte[]? data = null;
        if (line.Input is { Input: InputKind.File } input)
        {
            var (contents, error) = await ReadFileAsync(line.Option(input.Name)!, terminal);
            if (error is not null) return FailoverCtl.Fail(terminal, error, ExitCode.Refused);
            data = contents;
        }
        IReadOnlyList<FolderFile>? files = null;
        using var target = line.Folder(FolderUse.Write) is { } written ? new FolderWriter(written) : null;
        try
        {
            if (line.Folder(FolderUse.Read) is { } read) files = FolderReader.Read(read);
            target?.Begin();
            await daemon.SendAsync(new ControlRequest(1, options.Words, data, options.Output) { Files = files });
            return await AnswersAsync(daemon, terminal, options, target);
        }
        catch (FolderException unfit)
        {
            return FailoverCtl.Fail(terminal, unfit.Message, ExitCode.Refused);
        }
    }

    private static async Task<int> AnswersAsync(ControlClient daemon, Terminal terminal, ClientOptions options, FolderWriter? target)
    {
        while (true)
        {
            var answer = await daemon.ReadAsync();
            foreach (var file in answer.Files ?? []) target?.Write(file);
            if (!answer.More && answer.Code == ExitCode.Done) target?.Finish();
            await AnswerWriter.WriteAsync(answer, options.Output, terminal);
            if (!answer.More) return answer.Code;
        }
    }

    private static async Task<(byte[]? Contents, string? Error)> ReadFileAsync(string path, Terminal terminal)
    {
        try
        {
            await using var file = path == "-" ? terminal.In : File.OpenRead(path);
            using var contents = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int read; (read = await file.ReadAsync(buffer)) > 0;)
            {
                contents.Write(buffer, 0, read);
                if (contents.Length > ControlProtocol.MaxDataBytes) return (null, $"{path}: a value may have at most {ControlProtocol.MaxDataBytes} bytes");
            }
            return (contents.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path}: {e.Message}");
        }
    }
}
