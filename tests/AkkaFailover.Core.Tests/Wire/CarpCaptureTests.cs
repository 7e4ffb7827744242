using System.Buffers.Binary;
using System.Net;
using AkkaFailover.Core.Wire;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class CarpCaptureTests
{
    public static TheoryData<string> Files => new(Capture.Names);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_captured_frame_is_decoded_verified_and_encoded_to_the_same_octets(string file)
    {
        var key = KeyOf(file);
        var adverts = 0;
        foreach (var octets in Capture.Read(file))
        {
            if (EtherType(octets) == EthernetHeader.Arp)
            {
                AssertArpRoundTrip(octets);
                continue;
            }
            Assert.Equal(WireRefusal.None, CarpFrame.TryRead(octets, out var frame));
            Assert.True(key.Verify(frame.Advert.Counter, frame.Advert.Digest));
            Assert.Equal(CarpFrame.VirtualMac(frame.Advert.Vhid), frame.SourceMac);
            var signed = frame with { Advert = frame.Advert with { Digest = key.Sign(frame.Advert.Counter) } };
            var written = new byte[CarpFrame.Length];
            signed.Write(written);
            Assert.Equal(octets, written);
            adverts++;
        }
        Assert.True(adverts > 0, "the file has no adverts");
    }

    [Fact]
    public void All_the_captures_are_here() => Assert.Equal((21, 180), (Capture.Names.Count(), Capture.Names.Sum(Adverts)));

    [Theory]
    [InlineData("carp-steady-vhid1-secret", "01:00:5e:00:00:12")]
    [InlineData("carp-mcast-239", "01:00:5e:40:00:12")]
    [InlineData("carp-nomcast-broadcast", "ff:ff:ff:ff:ff:ff")]
    public void The_destination_station_follows_from_the_group(string file, string station)
    {
        var octets = Capture.Read(file).First(frame => EtherType(frame) == EthernetHeader.Ipv4);
        Assert.Equal(WireRefusal.None, CarpFrame.TryRead(octets, out var frame));
        Assert.Equal(station, frame.DestinationMac.ToString());
        if (frame.DestinationMac != MacAddress.Broadcast)
            Assert.Equal(frame.DestinationMac, EthernetHeader.MulticastMac(frame.Destination.ToIPAddress()));
    }

    private static int Adverts(string file) => Capture.Read(file).Count(frame => EtherType(frame) == EthernetHeader.Ipv4);

    private static ushort EtherType(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));

    private static void AssertArpRoundTrip(byte[] octets)
    {
        Assert.Equal(WireRefusal.None, ArpFrame.TryRead(octets, out var arp));
        var written = new byte[ArpFrame.Length];
        ArpFrame.Announcement(arp.SenderMac, arp.SenderAddress).Write(written);
        Assert.Equal(octets, written);
    }

    private static CarpKey KeyOf(string file) => file switch
    {
        "carp-steady-vhid77-base2-skew100" => Pair.Key("correct-horse-19byt", 77, IPAddress.Parse("192.0.2.200")),
        "carp-steady-base0-skew128" => Pair.Key(vhid: 3),
        _ => Pair.Key(),
    };
}
