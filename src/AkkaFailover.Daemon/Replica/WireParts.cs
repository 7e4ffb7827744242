using System.Collections.Immutable;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica.Wire;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The parts that journal and link share. Reading returns null for what is well formed but impossible.</summary>
internal static class WireParts
{
    public static long Microseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset? Time(long microseconds) =>
        microseconds is >= 0 and < 253_402_300_800_000_000 ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : null;

    public static ChangePart Write(Change change)
    {
        var part = new ChangePart
        {
            Version = change.Version,
            Term = change.Term.Value,
            AtMicroseconds = Microseconds(change.At),
            By = change.By,
            Key = change.Key,
        };
        if (change.Value is not null)
            part.Value = UnsafeByteOperations.UnsafeWrap(change.Value);
        return part;
    }

    public static Change? Read(ChangePart part)
    {
        var value = part.HasValue ? part.Value.ToByteArray() : null;
        return part.Version > 0 && part.Term is > 0 and <= Term.MaxValue && Time(part.AtMicroseconds) is { } at && ChangeRules.Refuse(part.Key, value, part.By) is null
            ? new Change(part.Version, new Term(part.Term), at, part.By, part.Key, value)
            : null;
    }

    public static ImmutableArray<Change>? Read(RepeatedField<ChangePart> parts)
    {
        var changes = ImmutableArray.CreateBuilder<Change>(parts.Count);
        foreach (var part in parts)
        {
            if (Read(part) is not { } change)
                return null;
            changes.Add(change);
        }
        return changes.MoveToImmutable();
    }

    public static MarkPart Write(Mark mark) => new() { Version = mark.Version, Digest = Write(mark.Digest) };

    public static Mark? Read(MarkPart? part) =>
        part is { Version: >= 0 } && Digest.TryRead(part.Digest.Span, out var digest) ? new Mark(part.Version, digest) : null;

    public static ByteString Write(Digest digest) => UnsafeByteOperations.UnsafeWrap(digest.ToBytes());

    public static LogStartPart Write(LogStart start) => new()
    {
        Version = start.Version,
        Digest = Write(start.Digest),
        Term = start.Term.Value,
        AtMicroseconds = Microseconds(start.At),
    };

    public static LogStart? Read(LogStartPart? part) =>
        part is { Version: >= 0, Term: <= Term.MaxValue } && Time(part.AtMicroseconds) is { } at && Digest.TryRead(part.Digest.Span, out var digest)
            ? new LogStart(part.Version, digest, new Term(part.Term), at)
            : null;

    public static EntryPart Write(KeyedEntry keyed) =>
        new() { Key = keyed.Key, Value = UnsafeByteOperations.UnsafeWrap(keyed.Entry.Value), Version = keyed.Entry.Version };

    public static ImmutableArray<KeyedEntry>? Read(RepeatedField<EntryPart> parts)
    {
        var entries = ImmutableArray.CreateBuilder<KeyedEntry>(parts.Count);
        foreach (var part in parts)
        {
            var value = part.Value.ToByteArray();
            if (part.Version <= 0 || ChangeRules.Refuse(part.Key, value, "") is not null)
                return null;
            entries.Add(new KeyedEntry(part.Key, new Entry(value, part.Version, Digest.Of(value))));
        }
        return entries.MoveToImmutable();
    }
}
