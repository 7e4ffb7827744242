using System.Net;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Wire;
using Xunit;

namespace AkkaFailover.Core.Tests.Announcements;

public class AddressFramesTests
{
    private static readonly MacAddress Mac = new(0x0200_0000_0001);

    [Theory]
    [InlineData("192.0.2.222", 3)]
    [InlineData("2001:db8::5", 1)]
    public void Each_announcement_names_the_station_as_holder(string text, int count)
    {
        var address = IPAddress.Parse(text);
        var frames = AddressFrames.Announcements(address, Mac);
        Assert.Equal(count, frames.Count);
        foreach (var frame in frames)
        {
            Assert.True(AddressFrames.TryReadHolder(frame, out var holds, out var station));
            Assert.Equal((address, Mac), (holds, station));
        }
    }

    [Theory]
    [InlineData("192.0.2.222")]
    [InlineData("2001:db8::5")]
    public void A_probe_claims_nothing(string text) =>
        Assert.False(AddressFrames.TryReadHolder(AddressFrames.Probe(IPAddress.Parse(text), Mac), out _, out _));

    [Fact]
    public void The_answer_to_a_probe_names_its_sender()
    {
        var address = IPAddress.Parse("192.0.2.222");
        Assert.Equal(WireRefusal.None, ArpFrame.TryRead(AddressFrames.Probe(address, Mac), out var probe));
        var other = new MacAddress(0x0200_0000_0002);
        var octets = new byte[60];
        ArpFrame.ReplyTo(probe, other).Write(octets);
        Assert.True(AddressFrames.TryReadHolder(octets, out var holds, out var station));
        Assert.Equal((address, other), (holds, station));
    }

    [Fact]
    public void Other_frames_say_nothing() => Assert.False(AddressFrames.TryReadHolder(new byte[64], out _, out _));
}
