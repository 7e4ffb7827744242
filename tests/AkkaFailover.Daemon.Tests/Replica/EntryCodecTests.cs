using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public class EntryCodecTests
{
    private static readonly Mark Here = new(7, Digest.Of("seven"u8));
    private readonly EntryCodec _codec = new();

    [Fact]
    public void A_question_and_a_page_come_back_as_they_were()
    {
        Assert.Equal(new EntriesAsked(ulong.MaxValue, 3), Through(new EntriesAsked(ulong.MaxValue, 3)));
        var page = new EntriesTold(1, 3, Here, [new EntryMark("größe", 7, 12, Digest.Of("x"u8))], Last: true);
        var read = Assert.IsType<EntriesTold>(Through(page));
        Assert.Equal((page.Request, page.Page, page.End, page.Last), (read.Request, read.Page, read.End, read.Last));
        Assert.True(page.Rows.SequenceEqual(read.Rows));
    }

    [Fact]
    public void The_largest_page_fits_a_payload()
    {
        var rows = Enumerable.Range(0, EntryPages.MaxRows).Select(i => new EntryMark(new string('é', 254) + $"{i:0000}", long.MaxValue, long.MaxValue, Digest.Of("x"u8)));
        Assert.InRange(_codec.TryEncode(new EntriesTold(1, int.MaxValue, Here, [.. rows], false))!.Bytes.Length, 1, EncodedPayload.MaxLength);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Null(Through(new EntriesAsked(1, -1)));
        Assert.Null(Through(new EntriesTold(1, 0, Here, [new EntryMark("k", 0, 1, Digest.None)], false)));
        Assert.Null(Through(new EntriesTold(1, 0, Here, [new EntryMark("a\nb", 1, 1, Digest.None)], false)));
        Assert.Null(Through(new EntriesTold(1, 0, Here, [.. Enumerable.Repeat(new EntryMark("k", 1, 1, Digest.None), EntryPages.MaxRows + 1)], false)));
    }

    private LinkPayload? Through(LinkPayload payload)
    {
        var encoded = _codec.TryEncode(payload)!;
        return _codec.Decode(encoded.Manifest, encoded.Bytes.Span);
    }
}
