using System.Threading.Channels;
using AkkaFailover.Core;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>How a transfer ended.</summary>
internal abstract record TransferEnd
{
    /// <summary>The blob is on this node's disk.</summary>
    public sealed record Fetched : TransferEnd;

    /// <summary>The peer does not have it.</summary>
    public sealed record NotThere : TransferEnd;

    /// <summary>This disk cannot take it, or the peer sent something else.</summary>
    public sealed record Failed(string Reason) : TransferEnd;
}

/// <summary>
/// Fetches one blob: asks for the map, then segment by segment for what the base does not have. Nothing is written that the map does not name. A link
/// that breaks in the middle only makes it wait; a restart finds the segments on the disk.
/// </summary>
/// <param name="ask">Sends a question to the peer, which may be lost.</param>
internal sealed class BlobTransfer(IBlobStore store, IMonotonicClock clock, WantBlob want, Action<BlobAsk> ask)
{
    /// <summary>Without any answer for so long everything open is asked again. Not a time for each answer: on a slow link questions that were asked twice would fill it.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Channel<BlobAnswer?> _answers = Channel.CreateBounded<BlobAnswer?>(
        new BoundedChannelOptions(4 * BlobRules.MaxAsks) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Then others have their turn.</summary>
    private const int MostSilences = 6;

    private int _silences;
    private AskWindow _window = AskWindow.Initial;
    private long _done;

    /// <summary>Bytes that are here.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Takes an answer of the peer; any thread.</summary>
    public void Take(BlobAnswer answer) => _answers.Writer.TryWrite(answer);

    /// <summary>The link is there again: what is open is asked again at once.</summary>
    public void AskAgain() => _answers.Writer.TryWrite(null);

    /// <summary>Fetches it.</summary>
    public async Task<TransferEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            if (store.Has(want.Blob)) return new TransferEnd.Fetched();
            if (await AskAsync<BlobMapTold>(new AskBlobMap(want.Blob), _ => true, stop) is not { Map: var map }) return new TransferEnd.NotThere();
            return await FetchAsync(map, want.Basis is { } basis ? store.MapOf(basis) : null, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TransferEnd.Failed(e.Message);
        }
    }

    private async Task<TransferEnd> FetchAsync(BlobMap map, BlobMap? basis, CancellationToken stop)
    {
        using var partial = store.Begin(map);
        var buffer = new byte[Math.Min(BlobRules.SegmentSize, map.Blob.Size)];
        for (var segment = 0; segment < map.Segments.Length; segment++)
        {
            var content = buffer.AsMemory(0, map.Blob.LengthOf(segment));
            if (!partial.Has(segment))
            {
                var way = FetchPlan.WayOf(map, basis, segment);
                if (!await FillAsync(way, basis, segment, content, stop)) return new TransferEnd.NotThere();
                // The base may be damaged here: then all of the segment comes from the peer.
                if (!partial.TryWrite(segment, content.Span)
                    && (way == SegmentWay.Whole || !await FillAsync(SegmentWay.Whole, basis, segment, content, stop) || !partial.TryWrite(segment, content.Span)))
                    return new TransferEnd.Failed($"segment {segment} of {map.Blob}, as the other node sends it, is not what its map says: it is damaged there");
            }
            Interlocked.Add(ref _done, content.Length);
        }
        partial.Complete();
        return new TransferEnd.Fetched();
    }

    /// <summary>Gets a segment into the buffer; false where the peer does not have the blob any more.</summary>
    private async Task<bool> FillAsync(SegmentWay way, BlobMap? basis, int segment, Memory<byte> content, CancellationToken stop)
    {
        if (way == SegmentWay.Whole || basis is null) return await FetchAsync(segment, FetchPlan.Whole(content.Length), content, stop);
        var ours = ReadBase(basis.Blob, segment, content);
        if (way == SegmentWay.Copy) return true;
        return await AskAsync<BlobPagesTold>(new AskBlobPages(want.Blob, segment), told => told.Segment == segment, stop) is { Pages: var theirs }
            && await FetchAsync(segment, FetchPlan.Differing(FetchPlan.PagesOf(ours.Span), theirs, content.Length), content, stop);
    }

    /// <summary>A base that cannot be read is none: the peer has all of it.</summary>
    private Memory<byte> ReadBase(BlobRef basis, int segment, Memory<byte> content)
    {
        try
        {
            return content[..store.Read(basis, (long)segment * BlobRules.SegmentSize, content[..Math.Min(content.Length, basis.LengthOf(segment))].Span)];
        }
        catch (IOException)
        {
            return Memory<byte>.Empty;
        }
    }

    private async Task<bool> FetchAsync(int segment, IEnumerable<SegmentRange> ranges, Memory<byte> content, CancellationToken stop)
    {
        var start = (long)segment * BlobRules.SegmentSize;
        var waiting = new Queue<SegmentRange>(ranges);
        var open = new Dictionary<long, (SegmentRange Range, Moment Asked)>();
        while (waiting.Count + open.Count > 0)
        {
            while (waiting.Count > 0 && open.Count < _window.Size) Ask(waiting.Dequeue());
            switch (await NextAsync(stop))
            {
                case null:
                    foreach (var (range, _) in open.Values.ToList()) Ask(range);
                    break;
                case BlobMissing:
                    return false;
                case BlobRangeTold told when open.TryGetValue(told.Offset, out var asked) && told.Bytes.Length == asked.Range.Length:
                    open.Remove(told.Offset);
                    told.Bytes.CopyTo(content[asked.Range.Start..]);
                    _window = _window.Answered(clock.Now - asked.Asked);
                    break;
            }
        }
        return true;

        void Ask(SegmentRange range)
        {
            open[start + range.Start] = (range, clock.Now);
            ask(new AskBlobRange(want.Blob, start + range.Start, range.Length));
        }
    }

    private async Task<T?> AskAsync<T>(BlobAsk question, Func<T, bool> fits, CancellationToken stop)
        where T : BlobAnswer
    {
        while (true)
        {
            ask(question);
            while (await NextAsync(stop) is { } answer)
            {
                if (answer is BlobMissing) return null;
                if (answer is T told && fits(told)) return told;
            }
        }
    }

    /// <summary>The next answer; null where everything open must be asked again.</summary>
    private async Task<BlobAnswer?> NextAsync(CancellationToken stop)
    {
        if (_answers.Reader.TryRead(out var answer)) return answer;
        if (_silences >= MostSilences) throw new IOException($"the other node has not answered for {(Silence * MostSilences).TotalSeconds:0} s");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Silence);
        try
        {
            answer = await _answers.Reader.ReadAsync(limit.Token);
            _silences = 0;
            return answer;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _silences++;
            return null;
        }
    }
}
