using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using Google.Protobuf;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Cluster;

public sealed class LinkWireTests
{
    private static readonly LinkStamp Stamp = new(ulong.MaxValue, 12, 11);

    private static readonly GreetingMessage Greeting = new(
        Stamp,
        WantsAnswer: true,
        new Membership(Member: true, KnowsOther: false),
        new Greeting(
            new ProtocolRange(1, 3),
            NodeName.Parse("a"),
            "1.2.3",
            [
                new GroupGreeting(
                    GroupName.Parse("vpn"),
                    new HeartbeatTiming(TimeSpan.FromMicroseconds(199_218), TimeSpan.FromMicroseconds(597_654)),
                    ["192.0.2.222/24"],
                    255,
                    new KeyFingerprint(ulong.MaxValue),
                    new LanStation(IPAddress.Parse("2001:db8::1"), new MacAddress(0xFFFF_FFFF_FFFE))),
            ]));

    private static readonly PeerBeat FullBeat = new(
        Role.Claiming, new Term(7), new Term(Term.MaxValue), true, true, "why", new ReplicaPosition(long.MaxValue, "abc", true, JournalState.Usable), true,
        new LanReport(true, 8, 2, 1), true, ulong.MaxValue, "running") { SentAt = new Moment(long.MaxValue) };

    [Fact]
    public void A_greeting_comes_back_as_it_was()
    {
        var read = Assert.IsType<GreetingMessage>(LinkWire.Read(LinkWire.GreetingManifest, LinkWire.Write(Greeting)));
        Assert.Equal((Greeting.Stamp, Greeting.WantsAnswer, Greeting.Membership), (read.Stamp, read.WantsAnswer, read.Membership));
        var (before, after) = (Greeting.Greeting.Groups[0], Assert.Single(read.Greeting.Groups));
        Assert.Equal(before.Addresses, after.Addresses);
        Assert.Equal(before with { Addresses = after.Addresses }, after);
        Assert.Equal(Greeting.Greeting with { Groups = read.Greeting.Groups }, read.Greeting);
    }

    [Fact]
    public void A_keep_alive_comes_back_as_it_was()
    {
        var keepAlive = new KeepAliveMessage(Stamp, WantsAnswer: false, new Membership(true, true));
        Assert.Equal(keepAlive, LinkWire.Read(LinkWire.KeepAliveManifest, LinkWire.Write(keepAlive)));
    }

    [Fact]
    public void Every_role_travels_and_an_empty_beat_does_not_change_either()
    {
        foreach (var role in Enum.GetValues<Role>()) ComesBack(FullBeat with { Role = role });
        ComesBack(new PeerBeat(Role.Standby, Term.None, Term.None, false, false, "", new ReplicaPosition(0, "", false, JournalState.Broken), false, null, false, 0, ""));
    }

    [Fact]
    public void A_release_travels_with_its_echo_and_one_of_no_term_or_of_an_impossible_moment_is_refused()
    {
        var codec = new ElectionCodec();
        Released released = new(new Term(Term.MaxValue), new Moment(long.MaxValue));
        var wire = codec.TryEncode(released)!;
        Assert.Equal(released, codec.Decode(wire.Manifest, wire.Bytes.Span));
        Assert.Null(codec.Decode(wire.Manifest, codec.TryEncode(released with { Term = Term.None })!.Bytes.Span));
        Assert.Null(codec.Decode(wire.Manifest, codec.TryEncode(released with { Echo = new Moment(-1) })!.Bytes.Span));
    }

    [Fact]
    public void Neighbours_travel_and_too_many_or_odd_ones_are_refused()
    {
        var codec = new ElectionCodec();
        NeighboursHeard heard = new([IPAddress.Parse("192.0.2.254"), IPAddress.Parse("2001:db8::1")]);
        var wire = codec.TryEncode(heard)!;
        Assert.Equal(heard.Addresses, Assert.IsType<NeighboursHeard>(codec.Decode(wire.Manifest, wire.Bytes.Span)).Addresses);
        Assert.Null(codec.Decode(wire.Manifest, codec.TryEncode(new NeighboursHeard([.. Enumerable.Repeat(IPAddress.Loopback, 9)]))!.Bytes.Span));
        Assert.Null(codec.Decode(wire.Manifest, [0x0A, 3, 1, 2, 3]));
    }

    [Theory]
    [InlineData(LinkWire.GreetingManifest)]
    [InlineData(LinkWire.KeepAliveManifest)]
    [InlineData(LinkWire.GroupManifest)]
    [InlineData("tomorrow")]
    public void Nothing_that_arrives_makes_reading_throw(string manifest)
    {
        var random = new Random(4711);
        var whole = LinkWire.Write(Greeting);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var flips = random.Next(6); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            LinkWire.Read(manifest, bytes);
        }
    }

    [Fact]
    public void A_damaged_beat_is_garbage_or_another_beat_but_no_other_error()
    {
        var codec = new ElectionCodec();
        var random = new Random(42);
        var whole = codec.TryEncode(new Beat(FullBeat))!.Bytes.ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var flips = random.Next(6); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var error = Record.Exception(() => codec.Decode("beat", bytes));
            Assert.True(error is null or InvalidProtocolBufferException, error?.ToString());
        }
    }

    [Fact]
    public void Manifests_are_unique_and_short()
    {
        var manifests = PayloadCodecs.All.SelectMany(codec => codec.Manifests).ToList();
        Assert.Equal(manifests.Count, manifests.Distinct().Count());
        Assert.All(manifests, manifest => Assert.InRange(manifest.Length, 1, 16));
    }

    private static void ComesBack(PeerBeat beat)
    {
        var codec = new ElectionCodec();
        var encoded = codec.TryEncode(new Beat(beat))!;
        Assert.Equal(new Beat(beat), codec.Decode(encoded.Manifest, encoded.Bytes.Span));
    }
}
