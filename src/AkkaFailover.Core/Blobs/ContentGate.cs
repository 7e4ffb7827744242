using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Blobs;

/// <summary>
/// Stands before a follower's replica: what the active says about entries waits, in its order, until the blobs that it names are on this node's disk.
/// So no entry is ever here without its content. What waits is dropped when the active begins a new stream, since it sends it again then.
/// </summary>
/// <param name="isHere">Whether a blob is on this node's disk; must not block.</param>
public sealed class ContentGate(Func<BlobRef, bool> isHere)
{
    /// <summary>Messages that wait; of one more the active finds a gap, and sends it again.</summary>
    public const int MaxHeld = 32;

    private const int MaxExcused = MaxHeld * ReplicaRules.MaxBatch;

    private readonly Queue<ReplicaMessage> _held = [];
    private readonly HashSet<BlobRef> _missing = [];
    private readonly HashSet<BlobRef> _excused = [];
    private readonly List<(string Key, BlobRef Blob)> _wanted = [];
    private (Term Term, ulong Stream) _stream;

    /// <summary>What the waiting messages name.</summary>
    public IEnumerable<BlobRef> Named => _held.SelectMany(BlobsOf).Select(named => named.Blob);

    /// <summary>Messages that wait.</summary>
    public int Held => _held.Count;

    /// <summary>Takes what the peer said.</summary>
    /// <returns>What the replica may hear now.</returns>
    public IReadOnlyList<ReplicaMessage> Take(ReplicaMessage message)
    {
        if (StreamOf(message) is not { } stream) return [message];
        if (stream.Term > _stream.Term || (stream.Term == _stream.Term && stream.Stream > _stream.Stream))
        {
            _held.Clear();
            _stream = stream;
        }
        // Late: the replica knows what to do with it, but may not have heard of the new stream yet.
        if (stream != _stream) return BlobsOf(message).All(named => isHere(named.Blob)) ? [message] : [];
        if (_held.Count == 0 && !MustWait(message)) return [message];
        if (_held.Count < MaxHeld) _held.Enqueue(message);
        return [];
    }

    /// <summary>A blob is on the disk, or the active does not have it any more: an older one of a key that has changed since.</summary>
    /// <returns>What the replica may hear now.</returns>
    public IReadOnlyList<ReplicaMessage> Settle(BlobRef blob, bool here)
    {
        _missing.Remove(blob);
        if (!here)
        {
            // Each is asked for once more then; what waits needs at most so many at a time.
            if (_excused.Count >= MaxExcused) _excused.Clear();
            _excused.Add(blob);
        }
        var ready = new List<ReplicaMessage>();
        while (_held.TryPeek(out var first) && !MustWait(first)) ready.Add(_held.Dequeue());
        return ready;
    }

    /// <summary>Blobs that must be fetched, with the key that names each; told once.</summary>
    public IReadOnlyList<(string Key, BlobRef Blob)> TakeWanted()
    {
        if (_wanted.Count == 0) return [];
        var wanted = _wanted.ToArray();
        _wanted.Clear();
        return wanted;
    }

    /// <summary>The link has changed: the active begins anew.</summary>
    public void Clear()
    {
        _held.Clear();
        _missing.Clear();
        _excused.Clear();
        _wanted.Clear();
        _stream = default;
    }

    private bool MustWait(ReplicaMessage message)
    {
        var waits = false;
        foreach (var (key, blob) in BlobsOf(message))
        {
            if (_excused.Contains(blob) || isHere(blob)) continue;
            waits = true;
            if (_missing.Add(blob)) _wanted.Add((key, blob));
        }
        // A snapshot that begins again while something of it is being fetched would be written to the journal again and again.
        return waits || (message is Install && _missing.Count > 0);
    }

    private static IEnumerable<(string Key, BlobRef Blob)> BlobsOf(ReplicaMessage message) => message switch
    {
        Append append => append.Changes.SelectMany(change => NamedBlobs.Named(change.Key, change.Value)),
        InstallPart part => part.Entries.SelectMany(keyed => NamedBlobs.Named(keyed.Key, keyed.Entry.Value)),
        _ => [],
    };

    private static (Term Term, ulong Stream)? StreamOf(ReplicaMessage message) => message switch
    {
        Append m => (m.Term, m.Stream),
        Cut m => (m.Term, m.Stream),
        AskMarks m => (m.Term, m.Stream),
        Install m => (m.Term, m.Stream),
        InstallPart m => (m.Term, m.Stream),
        InstallEnd m => (m.Term, m.Stream),
        _ => null,
    };
}
