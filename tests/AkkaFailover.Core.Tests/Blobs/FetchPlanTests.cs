using AkkaFailover.Core.Blobs;
using Xunit;
using static AkkaFailover.Core.Tests.Blobs.BlobMapTests;

namespace AkkaFailover.Core.Tests.Blobs;

public sealed class FetchPlanTests
{
    [Fact]
    public void Segments_that_the_base_has_are_copied_and_of_others_pages_are_compared()
    {
        var before = Bytes((2 << 20) + 100);
        var after = (byte[])[.. before, .. Bytes(1 << 20, seed: 2)];
        after[5]++;
        var (wanted, basis) = (MapOf(after), MapOf(before));
        Assert.Equal([SegmentWay.Pages, SegmentWay.Copy, SegmentWay.Pages, SegmentWay.Whole], Enumerable.Range(0, 4).Select(segment => FetchPlan.WayOf(wanted, basis, segment)));
        Assert.Equal(SegmentWay.Whole, FetchPlan.WayOf(wanted, null, 1));
    }

    [Fact]
    public void A_whole_segment_is_asked_for_in_bounded_ranges()
    {
        var ranges = FetchPlan.Whole(BlobRules.MaxRange + 1).AsEnumerable();
        Assert.Equal([new(0, BlobRules.MaxRange), new(BlobRules.MaxRange, 1)], ranges);
    }

    [Theory]
    [InlineData(new int[0], "")]
    [InlineData(new[] { 0 }, "0+4096")]
    [InlineData(new[] { 4096, 8191, 8192 }, "4096+8192")]
    [InlineData(new[] { 1, 20_000 }, "0+4096 16384+3617")]
    public void Only_pages_that_differ_are_asked_for(int[] changed, string expected)
    {
        var before = Bytes(20_001);
        var after = before.ToArray();
        foreach (var at in changed) after[at]++;
        Assert.Equal(expected, string.Join(' ', FetchPlan.Differing(FetchPlan.PagesOf(before), FetchPlan.PagesOf(after), after.Length).Select(range => $"{range.Start}+{range.Length}")));
    }

    [Fact]
    public void A_base_that_is_shorter_or_longer_and_an_answer_that_is_too_short_are_no_harm()
    {
        var after = Bytes(10_000);
        var pages = FetchPlan.PagesOf(after);
        Assert.Equal([new(8192, 1808)], FetchPlan.Differing(FetchPlan.PagesOf(after.AsSpan(0, 9_000)), pages, after.Length).AsEnumerable());
        Assert.Equal([new(0, 4096)], FetchPlan.Differing(pages, FetchPlan.PagesOf(Bytes(4096, seed: 3)), 4096).AsEnumerable());
        Assert.Equal([new(4096, 5904)], FetchPlan.Differing(pages, pages[..1], after.Length).AsEnumerable());
    }

    [Fact]
    public void Many_changed_pages_are_still_bounded_ranges() =>
        Assert.All(FetchPlan.Differing([], FetchPlan.PagesOf(new byte[BlobRules.SegmentSize]), BlobRules.SegmentSize), range => Assert.Equal(BlobRules.MaxRange, range.Length));

    [Fact]
    public void Fewer_questions_are_open_where_answers_come_late()
    {
        var window = AskWindow.Initial;
        for (var i = 0; i < 20; i++) window = window.Answered(TimeSpan.FromMilliseconds(5));
        Assert.Equal(BlobRules.MaxAsks, window.Size);
        Assert.Equal(BlobRules.MaxAsks, window.Answered(TimeSpan.FromMilliseconds(200)).Size);
        for (var i = 0; i < 20; i++) window = window.Answered(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, window.Size);
    }
}
