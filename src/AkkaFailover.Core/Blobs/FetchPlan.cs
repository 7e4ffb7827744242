using System.Collections.Immutable;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Blobs;

/// <summary>How a segment is come by.</summary>
public enum SegmentWay
{
    /// <summary>The base has the same one.</summary>
    Copy,

    /// <summary>The base has another one in its place: pages that are the same need not travel.</summary>
    Pages,

    /// <summary>The base does not go so far, or there is none.</summary>
    Whole,
}

/// <summary>Some bytes of a segment.</summary>
/// <param name="Start">From the segment's beginning.</param>
/// <param name="Length">At most <see cref="BlobRules.MaxRange"/>.</param>
public readonly record struct SegmentRange(int Start, int Length);

/// <summary>What is asked for so that as little as possible travels.</summary>
public static class FetchPlan
{
    /// <summary>How to come by a segment.</summary>
    /// <param name="basis">What this node had under the same key; null for nothing.</param>
    public static SegmentWay WayOf(BlobMap wanted, BlobMap? basis, int segment) =>
        basis is null || segment >= basis.Segments.Length ? SegmentWay.Whole
        : basis.Segments[segment] == wanted.Segments[segment] && basis.Blob.LengthOf(segment) == wanted.Blob.LengthOf(segment) ? SegmentWay.Copy
        : SegmentWay.Pages;

    /// <summary>All of a segment.</summary>
    public static ImmutableArray<SegmentRange> Whole(int length)
    {
        var ranges = ImmutableArray.CreateBuilder<SegmentRange>();
        for (var start = 0; start < length; start += BlobRules.MaxRange) ranges.Add(new(start, Math.Min(BlobRules.MaxRange, length - start)));
        return ranges.DrainToImmutable();
    }

    /// <summary>The hash of each page of a segment.</summary>
    public static ImmutableArray<Digest> PagesOf(ReadOnlySpan<byte> segment)
    {
        var pages = ImmutableArray.CreateBuilder<Digest>();
        for (; segment.Length > 0; segment = segment[Math.Min(BlobRules.PageSize, segment.Length)..])
            pages.Add(Digest.Of(segment[..Math.Min(BlobRules.PageSize, segment.Length)]));
        return pages.DrainToImmutable();
    }

    /// <summary>The pages that differ, neighbours as one range. Whatever the peer says of its pages, the segment as a whole is verified afterwards.</summary>
    /// <param name="ours">Pages of the base's segment.</param>
    /// <param name="theirs">Pages of the wanted one.</param>
    /// <param name="length">Bytes of the wanted one.</param>
    public static ImmutableArray<SegmentRange> Differing(ImmutableArray<Digest> ours, ImmutableArray<Digest> theirs, int length)
    {
        var ranges = ImmutableArray.CreateBuilder<SegmentRange>();
        for (var (page, start) = (0, 0); start < length; page++, start += BlobRules.PageSize)
        {
            if (page < ours.Length && page < theirs.Length && ours[page] == theirs[page]) continue;
            var bytes = Math.Min(BlobRules.PageSize, length - start);
            if (ranges.Count > 0 && ranges[^1] is var last && last.Start + last.Length == start && last.Length + bytes <= BlobRules.MaxRange)
                ranges[^1] = last with { Length = last.Length + bytes };
            else
                ranges.Add(new(start, bytes));
        }
        return ranges.DrainToImmutable();
    }
}

/// <summary>
/// How many questions may be without an answer. What is asked for is queued before whatever the peer says next, so on a slow link fewer
/// must be open than on a fast one, or its beats come late.
/// </summary>
/// <param name="Size">1 to <see cref="BlobRules.MaxAsks"/>.</param>
public readonly record struct AskWindow(int Size)
{
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(300);

    /// <summary>Before anything is known of the link.</summary>
    public static readonly AskWindow Initial = new(2);

    /// <summary>After an answer.</summary>
    /// <param name="took">Since it was asked for.</param>
    public AskWindow Answered(TimeSpan took) => new(Math.Clamp(took <= Prompt ? Size + 1 : took > Late ? Size / 2 : Size, 1, BlobRules.MaxAsks));
}
