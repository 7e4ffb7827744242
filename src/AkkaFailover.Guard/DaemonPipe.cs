using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>Records from and to the daemon, on standard input and output; never blocks.</summary>
internal sealed class DaemonPipe : IDisposable
{
    private const int RecordsAtOnce = 32;

    private readonly SafeFileHandle _input = new(0, ownsHandle: false);
    private readonly SafeFileHandle _output = new(1, ownsHandle: false);
    private readonly byte[] _records = new byte[RecordsAtOnce * GuardRecord.Length];
    private int _filled;
    private int _taken;

    public DaemonPipe()
    {
        Descriptors.SetNonBlocking(_input);
        Descriptors.SetNonBlocking(_output);
    }

    /// <summary>What to poll.</summary>
    public static int Descriptor => 0;

    /// <summary>The daemon is gone, or something that is not our daemon writes.</summary>
    public bool Closed { get; private set; }

    /// <summary>Takes the next record that is there.</summary>
    public bool TryRead(out GuardRecord record)
    {
        record = default;
        if (_taken == _filled && !TryFill()) return false;
        if (GuardRecord.TryRead(_records.AsSpan(_taken, GuardRecord.Length), out record))
        {
            _taken += GuardRecord.Length;
            return true;
        }
        Closed = true;
        return false;
    }

    /// <summary>Writes a record; a daemon that does not read misses it.</summary>
    public void Write(GuardRecordKind kind, long number = 0, string text = "")
    {
        Span<byte> record = stackalloc byte[GuardRecord.Length];
        GuardRecord.Write(record, kind, number, text);
        _ = Descriptors.Write(_output, record);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private bool TryFill()
    {
        var length = Descriptors.Read(_input, _records);
        _taken = 0;
        _filled = 0;
        if (length < 0 && Errno.Last is Errno.Again or Errno.Interrupted) return false;
        // Writes and reads are multiples of a record's length; a fragment cannot come from our daemon.
        if (length <= 0 || length % GuardRecord.Length != 0) Closed = true;
        else _filled = length;
        return !Closed;
    }
}
