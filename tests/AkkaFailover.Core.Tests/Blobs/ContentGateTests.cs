using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Blobs;

public sealed class ContentGateTests
{
    private static readonly BlobRef First = BlobRef.Of(Digest.Of("first"u8), 5)!;
    private static readonly BlobRef Second = BlobRef.Of(Digest.Of("second"u8), 6)!;
    private readonly HashSet<BlobRef> _here = [];
    private readonly ContentGate _gate;

    public ContentGateTests() => _gate = new ContentGate(_here.Contains);

    [Fact]
    public void What_names_no_blob_and_what_is_no_order_passes()
    {
        var small = Append(1, Change("path:vpn/small", new PathRecord(PathKind.File, 0, 0, 0, "x"u8.ToArray()).Encode()), Change("key", [1]));
        Assert.Equal([small], _gate.Take(small));
        Assert.Single(_gate.Take(new Goodbye()));
        Assert.Empty(_gate.TakeWanted());
    }

    [Fact]
    public void Everything_behind_a_missing_content_waits_in_its_order()
    {
        var (first, second, last) = (Append(1, Large(First)), Append(1, Large(Second)), Append(1));
        Assert.Empty(_gate.Take(first));
        Assert.Equal([("path:vpn/large", First)], _gate.TakeWanted());
        Assert.Empty(_gate.Take(second));
        Assert.Empty(_gate.Take(last));
        Assert.Single(_gate.Take(new Goodbye()));
        Assert.Equal([First, Second], _gate.Named);
        Assert.Equal([first], Arrive(First));
        Assert.Equal([("path:vpn/large", Second)], _gate.TakeWanted());
        Assert.Equal([second, last], Arrive(Second));
        Assert.Equal(0, _gate.Held);
    }

    [Fact]
    public void A_content_that_is_here_is_not_waited_for()
    {
        _here.Add(First);
        Assert.Single(_gate.Take(Append(1, Large(First))));
    }

    [Fact]
    public void One_that_the_active_does_not_have_any_more_is_not_waited_for()
    {
        var append = Append(1, Large(First));
        Assert.Empty(_gate.Take(append));
        Assert.Equal([append], _gate.Settle(First, here: false));
        Assert.Single(_gate.Take(Append(2, Large(First))));
    }

    [Fact]
    public void However_many_the_active_does_not_have_any_more_the_next_is_not_waited_for_either()
    {
        for (var version = 1; version <= 20_000; version++)
        {
            var gone = BlobRef.Of(Digest.Of(BitConverter.GetBytes(version)), 5 << 20)!;
            var append = Append(1, Large(gone));
            Assert.Empty(_gate.Take(append));
            Assert.Equal([append], _gate.Settle(gone, here: false));
        }
    }

    [Fact]
    public void A_new_stream_drops_what_waits_and_asks_for_nothing_twice()
    {
        Assert.Empty(_gate.Take(Append(1, Large(First))));
        Assert.Single(_gate.TakeWanted());
        var probe = Append(2);
        Assert.Equal([probe], _gate.Take(probe));
        Assert.Equal(0, _gate.Held);
        var again = Append(2, Large(First));
        Assert.Empty(_gate.Take(again));
        Assert.Empty(_gate.TakeWanted());
        Assert.Empty(_gate.Take(Append(1, Large(First)))); // late
        Assert.Equal([again], Arrive(First));
    }

    [Fact]
    public void The_parts_of_a_snapshot_wait_and_one_that_begins_again_waits_as_a_whole()
    {
        var (begin, part, end) = (new Install(new Term(1), 1, LogStart.Beginning), Part(1), new InstallEnd(new Term(1), 1, 1, Digest.None));
        Assert.Single(_gate.Take(begin));
        Assert.Empty(_gate.Take(part));
        Assert.Empty(_gate.Take(end));
        Assert.Single(_gate.Take(Append(2)));
        var (again, partAgain) = (new Install(new Term(1), 3, LogStart.Beginning), Part(3));
        Assert.Empty(_gate.Take(again));
        Assert.Empty(_gate.Take(partAgain));
        Assert.Equal([again, partAgain], Arrive(First));

        static InstallPart Part(ulong stream)
        {
            var value = new PathRecord(0, 0, 0, First).Encode();
            return new InstallPart(new Term(1), stream, 0, [new KeyedEntry("path:vpn/large", new Entry(value, 1, Digest.Of(value)))]);
        }
    }

    [Fact]
    public void Few_messages_wait_and_a_new_link_begins_with_none()
    {
        for (var i = 0; i < 2 * ContentGate.MaxHeld; i++) Assert.Empty(_gate.Take(Append(1, Large(First))));
        Assert.Equal(ContentGate.MaxHeld, _gate.Held);
        _gate.Clear();
        Assert.Empty(Arrive(First));
    }

    private IReadOnlyList<ReplicaMessage> Arrive(BlobRef blob)
    {
        _here.Add(blob);
        return _gate.Settle(blob, here: true);
    }

    private static Append Append(ulong stream, params Change[] changes) => new(new Term(1), stream, default, [.. changes], 0);

    private static Change Large(BlobRef blob) => Change("path:vpn/large", new PathRecord(0x180, 0, 0, blob).Encode());

    private static Change Change(string key, byte[] value) => new(1, new Term(1), DateTimeOffset.UnixEpoch, "test", key, value);
}
