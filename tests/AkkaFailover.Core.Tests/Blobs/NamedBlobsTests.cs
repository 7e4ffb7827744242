using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Tests.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Blobs;

public sealed class NamedBlobsTests
{
    [Fact]
    public void Only_a_watched_file_and_the_conflict_about_one_name_a_blob()
    {
        var value = Value("x");
        var change = new Change(1, new Term(1), DateTimeOffset.UnixEpoch, "", "path:vpn/x", value);
        Assert.Equal(Blob("x"), NamedBlobs.In(change));
        Assert.Equal(Blob("x"), NamedBlobs.In(Conflict.KeyOf(change), Conflict.Encode(change, "b")));
        Assert.Null(NamedBlobs.In("key", value));
        Assert.Null(NamedBlobs.In("path:vpn/x", null));
        Assert.Null(NamedBlobs.In("path:vpn/x", value[..^1]));
        Assert.Equal(Blob("x").Size, NamedBlobs.SizeOf("path:vpn/x", value));
        Assert.Equal(value.Length, NamedBlobs.SizeOf("key", value));
    }

    [Fact]
    public void What_is_an_entry_or_may_be_one_again_is_kept_and_what_was_one_on_both_is_not()
    {
        var pair = new InstantPair();
        pair.Link(connected: true);
        pair.Lead(pair.A, 1);
        pair.Pass(3);
        foreach (var text in new[] { "1", "2" }) pair.Put(pair.A, "path:vpn/x", Value(text));
        pair.Pass(2);
        Assert.Equal(Blob("2"), Assert.Single(NamedBlobs.Kept(pair.A.State)));
        pair.Link(connected: false);
        pair.Pass(10);
        foreach (var text in new[] { "3", "4", "5" }) pair.Put(pair.A, "path:vpn/x", Value(text));
        // If another history wins, it is 2 again.
        Assert.Equal([Blob("2"), Blob("5")], NamedBlobs.Kept(pair.A.State).OrderBy(blob => blob.Size));
        Assert.Equal([("path:vpn/x", Blob("5"))], NamedBlobs.Needed(pair.A.State));
    }

    [Fact]
    public void A_follower_that_lacks_a_content_is_not_waited_for()
    {
        var pair = new InstantPair();
        pair.Lead(pair.A, 1);
        pair.Pass(10);
        pair.Put(pair.A, "path:vpn/x", Value("1"));
        pair.Hold = message => message is Append { Changes.IsEmpty: false };
        pair.Link(connected: true);
        pair.Pass(10);
        Assert.DoesNotContain(pair.B.Rules.Self, pair.A.State.InSync);
        pair.Set(pair.A, "key", "at once");
        pair.Hold = _ => false;
        pair.Pass(10);
        Assert.Contains(pair.B.Rules.Self, pair.A.State.InSync);
        Assert.Equal(pair.A.State.Last, pair.B.State.Last);
    }

    private static byte[] Value(string text) => new PathRecord(0x180, 0, 0, Blob(text)).Encode();

    private static BlobRef Blob(string text) => BlobRef.Of(Digest.Of([(byte)text[0]]), text[0])!;
}
