using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Guard;

/// <summary>One running guard and the pipes to it; the keeper replaces it by another when it ends.</summary>
internal sealed class GuardProcess : IDisposable
{
    private const int ExitTimeoutMilliseconds = 1000;
    private const int RecordsAtOnce = 32;

    private readonly Process _process;
    private readonly byte[] _records = new byte[RecordsAtOnce * GuardRecord.Length];
    private int _filled;
    private int _taken;

    private GuardProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Input = HandleOf(process.StandardInput.BaseStream);
        Output = HandleOf(process.StandardOutput.BaseStream);
        Descriptors.SetNonBlocking(Input);
        Descriptors.SetNonBlocking(Output);
    }

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <summary>Records to the guard; .NET made the pipe close-on-exec, so no other child keeps it open.</summary>
    public SafeHandle Input { get; }

    /// <summary>Records from the guard.</summary>
    public SafeHandle Output { get; }

    /// <summary>The guard has closed its side, or writes what no guard does: it is of no more use.</summary>
    public bool Ended { get; private set; }

    /// <summary>Starts a guard and waits until it runs.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="options">What it guards.</param>
    /// <param name="readyWithin">How long it may take; it is killed where it takes longer.</param>
    /// <exception cref="IOException">It does not run; the message says why.</exception>
    public static GuardProcess Start(string program, GuardOptions options, TimeSpan readyWithin)
    {
        var start = new ProcessStartInfo(program, options.ToArguments())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            // Not the directory the daemon was started from: that file system could not be unmounted.
            WorkingDirectory = "/",
        };
        try
        {
            var guard = new GuardProcess(Process.Start(start)!);
            guard.AwaitReady((int)readyWithin.TotalMilliseconds);
            return guard;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{program} could not be started: {e.Message}", e);
        }
    }

    /// <summary>Takes the next record that is there.</summary>
    public bool TryRead(out GuardRecord record)
    {
        record = default;
        if (_taken == _filled && !TryFill()) return false;
        Ended = !GuardRecord.TryRead(_records.AsSpan(_taken, GuardRecord.Length), out record);
        _taken += GuardRecord.Length;
        return !Ended;
    }

    /// <summary>Ends the guard and waits for its end.</summary>
    /// <returns>How it ended.</returns>
    public string Kill()
    {
        // Not by the number: .NET knows whether the process was reaped and the number may be another's.
        _process.Kill();
        return _process.WaitForExit(ExitTimeoutMilliseconds)
            ? $"ended with exit code {_process.ExitCode}"
            : $"did not end within {ExitTimeoutMilliseconds} ms of SIGKILL";
    }

    /// <summary>Closes the pipe, on which the guard releases everything and ends; kills it where it does not.</summary>
    public void Close()
    {
        Input.Dispose();
        if (!_process.WaitForExit(ExitTimeoutMilliseconds)) Kill();
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        _process.Dispose();
    }

    private void AwaitReady(int timeoutMilliseconds)
    {
        Span<PollEntry> entries = [new PollEntry((int)Output.DangerousGetHandle())];
        Descriptors.Poll(entries, timeoutMilliseconds);
        if (TryRead(out var record) && record.Kind == GuardRecordKind.Ready) return;
        var reason = record.Kind == GuardRecordKind.Failed ? record.Text : $"it did not report within {timeoutMilliseconds} ms";
        Kill();
        Dispose();
        throw new IOException($"the guard does not run: {reason}");
    }

    private bool TryFill()
    {
        var length = Descriptors.Read(Output, _records);
        _taken = 0;
        _filled = 0;
        if (length < 0 && Errno.Last is Errno.Again or Errno.Interrupted) return false;
        if (length <= 0 || length % GuardRecord.Length != 0) Ended = true;
        else _filled = length;
        return !Ended;
    }

    private static SafeHandle HandleOf(Stream stream) => ((PipeStream)stream).SafePipeHandle;
}
