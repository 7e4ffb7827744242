using System.Net;
using AkkaFailover.Core.Wire;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class AnnouncementTests
{
    private static readonly Ipv4Address Virtual = Ipv4Address.From(Pair.Virtual);
    private static readonly IPAddress Virtual6 = IPAddress.Parse("fe80::222");

    [Fact]
    public void A_gratuitous_request_has_the_octets_of_ucarp() => AssertOctets(
        "ffffffffffff02000000000a0806000108000604000102000000000ac00002de02000000000ac00002de", ArpFrame.Announcement(Pair.MacA, Virtual));

    [Fact]
    public void A_gratuitous_request_to_all_has_the_octets_of_keepalived() => AssertOctets(
        "ffffffffffff02000000000a0806000108000604000102000000000ac00002deffffffffffffc00002de", ArpFrame.AnnouncementToAll(Pair.MacA, Virtual));

    [Fact]
    public void A_gratuitous_reply_differs_in_the_operation() => AssertOctets(
        "ffffffffffff02000000000a0806000108000604000202000000000ac00002deffffffffffffc00002de", ArpFrame.AnnouncementAsReply(Pair.MacA, Virtual));

    [Fact]
    public void A_probe_asks_one_station_and_claims_nothing()
    {
        var probe = ArpFrame.Request(Pair.MacB, Pair.MacA, Ipv4Address.None, Virtual);
        AssertOctets("02000000000b02000000000a0806000108000604000102000000000a00000000000000000000c00002de", probe);
        Assert.False(probe.IsGratuitous);
    }

    [Fact]
    public void A_reply_answers_the_asking_station()
    {
        var request = ArpFrame.Request(MacAddress.Broadcast, Pair.MacA, Ipv4Address.From(Pair.A), Ipv4Address.From(Pair.B));
        var reply = ArpFrame.ReplyTo(request, Pair.MacB);
        Assert.Equal(
            new ArpFrame(Pair.MacA, Pair.MacB, ArpOperation.Reply, Pair.MacB, Ipv4Address.From(Pair.B), Pair.MacA, Ipv4Address.From(Pair.A)), reply);
    }

    [Theory]
    [InlineData(15, 6)]
    [InlineData(16, 0x86)]
    [InlineData(18, 8)]
    [InlineData(19, 16)]
    [InlineData(21, 3)]
    [InlineData(21, 0)]
    public void Other_ARP_is_refused(int at, byte value)
    {
        var octets = new byte[ArpFrame.Length];
        ArpFrame.Announcement(Pair.MacA, Virtual).Write(octets);
        octets[at] = value;
        Assert.Equal(WireRefusal.ArpForm, ArpFrame.TryRead(octets, out _));
    }

    [Fact]
    public void An_unsolicited_advertisement_has_the_octets_of_keepalived() => AssertOctets(
        "33330000000102000000000a86dd6000000000203afffe800000000000000000000000000222ff0200000000000000000000000000018800535020000000fe800000000000000000000000000222020102000000000a",
        NeighbourFrame.Announcement(Pair.MacA, Virtual6, isRouter: false));

    [Fact]
    public void A_solicitation_goes_to_the_solicited_node_group()
    {
        var solicitation = NeighbourFrame.Solicitation(null, Pair.MacA, IPAddress.Parse("fe80::a"), IPAddress.Parse("2001:db8::12:3456"));
        Assert.Equal(("33:33:ff:12:34:56", IPAddress.Parse("ff02::1:ff12:3456")), (solicitation.DestinationMac.ToString(), solicitation.Destination));
        AssertRoundTrip(solicitation);
    }

    [Fact]
    public void A_solicitation_can_ask_one_station_as_a_probe_without_an_option()
    {
        var probe = NeighbourFrame.Solicitation(Pair.MacB, Pair.MacA, IPAddress.IPv6Any, Virtual6);
        Assert.Equal((Pair.MacB, null, 78), (probe.DestinationMac, probe.Station, probe.Length));
        AssertRoundTrip(probe);
    }

    [Fact]
    public void Each_bit_of_an_advertisement_after_the_headers_is_protected()
    {
        var octets = Octets(NeighbourFrame.Announcement(Pair.MacA, Virtual6, isRouter: true));
        for (var bit = 54 * 8; bit < octets.Length * 8; bit++)
        {
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(WireRefusal.None, NeighbourFrame.TryRead(octets, out _));
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("0200000000000000")]
    [InlineData("0202000000000000")]
    [InlineData("0201")]
    public void An_option_that_does_not_fit_is_refused(string option) =>
        Assert.Equal(WireRefusal.NdpOption, NeighbourFrame.TryRead(WithOptions(option), out _));

    [Fact]
    public void Unknown_options_are_skipped()
    {
        Assert.Equal(WireRefusal.None, NeighbourFrame.TryRead(WithOptions("0e02" + new string('0', 28) + "020102000000000b"), out var frame));
        Assert.Equal(Pair.MacB, frame.Station);
    }

    [Fact]
    public void Damaged_messages_are_refused_without_an_exception() => Gen.Int[12, 85].Select(Gen.Byte).Array[1, 12].Sample(damage =>
    {
        var octets = Octets(NeighbourFrame.Announcement(Pair.MacA, Virtual6, isRouter: false));
        foreach (var (at, value) in damage) octets[at] = value;
        _ = NeighbourFrame.TryRead(octets, out _);
    });

    /// <summary>An advertisement with other options, rightly summed up.</summary>
    private static byte[] WithOptions(string options)
    {
        byte[] octets = [.. Octets(NeighbourFrame.Announcement(Pair.MacA, Virtual6, isRouter: false))[..78], .. Convert.FromHexString(options)];
        octets[19] = (byte)(octets.Length - 54);
        octets[56] = octets[57] = 0;
        var sum = InternetChecksum.Of(octets.AsSpan(54), Ipv6Header.PseudoHeaderSum(octets.AsSpan(14)));
        octets[56] = (byte)(sum >> 8);
        octets[57] = (byte)sum;
        return octets;
    }

    private static void AssertOctets(string expected, ArpFrame frame)
    {
        var octets = new byte[ArpFrame.Length];
        frame.Write(octets);
        Assert.Equal(expected, Convert.ToHexStringLower(octets));
        Assert.Equal(WireRefusal.None, ArpFrame.TryRead(octets, out var read));
        Assert.Equal(frame, read);
    }

    private static void AssertOctets(string expected, NeighbourFrame frame)
    {
        Assert.Equal(expected, Convert.ToHexStringLower(Octets(frame)));
        AssertRoundTrip(frame);
    }

    private static void AssertRoundTrip(NeighbourFrame frame)
    {
        Assert.Equal(WireRefusal.None, NeighbourFrame.TryRead(Octets(frame), out var read));
        Assert.Equal(frame, read);
    }

    private static byte[] Octets(NeighbourFrame frame)
    {
        var octets = new byte[frame.Length];
        frame.Write(octets);
        return octets;
    }
}
