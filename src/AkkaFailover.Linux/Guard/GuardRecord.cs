using System.Buffers.Binary;
using System.Text;

namespace AkkaFailover.Linux.Guard;

/// <summary>What a record says. New kinds come last: while a node is upgraded an older daemon may have a newer guard. A newer daemon needs its own guard: an older one ends at a kind that it does not know.</summary>
public enum GuardRecordKind : byte
{
    /// <summary>To the guard: the addresses may be held until the moment in the number.</summary>
    Extend = 1,

    /// <summary>To the guard: hold the addresses under the term in the number.</summary>
    Hold,

    /// <summary>To the guard: take the addresses off.</summary>
    Release,

    /// <summary>To the guard: the process group of the service is the number, 0 for none; the body is its control group, empty for none.</summary>
    ArmService,

    /// <summary>To the guard: the body is the frame to send when it must release by itself.</summary>
    ArmRelease,

    /// <summary>From the guard: it runs, and owns the lock.</summary>
    Ready,

    /// <summary>From the guard: the addresses are on, under the term in the number.</summary>
    Held,

    /// <summary>From the guard: the addresses were renewed.</summary>
    Renewed,

    /// <summary>From the guard: the addresses could not be added under the term in the number; the body says why.</summary>
    Refused,

    /// <summary>From the guard: the addresses are off, as asked.</summary>
    Released,

    /// <summary>From the guard: it released by itself; the body says why.</summary>
    Expired,

    /// <summary>From the guard: something to be logged; the body says what.</summary>
    Notice,

    /// <summary>From the guard: it cannot run; the body says why.</summary>
    Failed,

    /// <summary>To the guard: the lease is over; do by yourself what that asks for.</summary>
    EndLease,

    /// <summary>To the guard: say that you are there.</summary>
    Ask,

    /// <summary>From the guard: it is there.</summary>
    Alive,
}

/// <summary>
/// One record on the pipes between daemon and guard. All have one length, below PIPE_BUF, so writes of several threads never mix:
/// <code>
///  0        1        2                 8                  16                          128
/// +--------+--------+-----------------+------------------+---------------------------+
/// | kind   | body   | zero            | number           | body                      |
/// |        | length |                 | little-endian    | a frame, or UTF-8 text    |
/// +--------+--------+-----------------+------------------+---------------------------+
/// </code>
/// </summary>
public readonly ref struct GuardRecord
{
    /// <summary>Length of every record in bytes.</summary>
    public const int Length = 128;

    /// <summary>The longest body in bytes; an Ethernet frame with a CARP advert has 70.</summary>
    public const int LongestBody = Length - BodyOffset;

    private const int NumberOffset = 8;
    private const int BodyOffset = 16;

    private GuardRecord(GuardRecordKind kind, long number, ReadOnlySpan<byte> body)
    {
        Kind = kind;
        Number = number;
        Body = body;
    }

    /// <summary>What it says.</summary>
    public GuardRecordKind Kind { get; }

    /// <summary>A moment, a term or a process group.</summary>
    public long Number { get; }

    /// <summary>A frame or a text.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Writes a record.</summary>
    /// <param name="record">At least <see cref="Length"/> bytes.</param>
    /// <param name="kind">What it says.</param>
    /// <param name="number">A moment, a term or a process group.</param>
    /// <param name="body">At most <see cref="LongestBody"/> bytes.</param>
    public static void Write(Span<byte> record, GuardRecordKind kind, long number = 0, ReadOnlySpan<byte> body = default)
    {
        record[..Length].Clear();
        record[0] = (byte)kind;
        record[1] = (byte)body.Length;
        BinaryPrimitives.WriteInt64LittleEndian(record[NumberOffset..], number);
        body.CopyTo(record[BodyOffset..Length]);
    }

    /// <summary>Writes a record whose body is a text; what is too long is cut off after a whole character.</summary>
    public static void Write(Span<byte> record, GuardRecordKind kind, long number, string text)
    {
        Span<byte> body = stackalloc byte[LongestBody];
        Encoding.UTF8.GetEncoder().Convert(text, body, flush: false, out _, out var length, out _);
        Write(record, kind, number, body[..length]);
    }

    /// <summary>Reads a record.</summary>
    /// <returns>False where the kind is unknown or the body longer than can be.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out GuardRecord record)
    {
        record = default;
        if (bytes.Length < Length || bytes[0] is < (byte)GuardRecordKind.Extend or > (byte)GuardRecordKind.Alive || bytes[1] > LongestBody)
            return false;
        record = new GuardRecord((GuardRecordKind)bytes[0], BinaryPrimitives.ReadInt64LittleEndian(bytes[NumberOffset..]), bytes.Slice(BodyOffset, bytes[1]));
        return true;
    }
}
