using System.Net;
using AkkaFailover.Core.Wire;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

/// <summary>Frames that ucarp 1.5.2 sent, composed from their facts alone.</summary>
public class CarpVectorTests
{
    [Theory]
    [InlineData("secret", 1, "192.0.2.222", "192.0.2.1", 1, 0, 0x5dd995967c96d86bUL, 0x5415,
        "01005e00001200005e00000108004510003854154000ff70851cc0000201e0000012210100070001a9ce5dd995967c96d86bc42c0bddb0e809e77e9817515a6a2f8b547aed82")]
    [InlineData("secret", 1, "192.0.2.222", "192.0.2.1", 1, 0, 0xe3dd8dd1a8638366UL, 0xa3dd,
        "01005e00001200005e000001080045100038a3dd4000ff703554c0000201e00000122101000700011191e3dd8dd1a863836609d625ea9a19ca3edd07cf2172fb296513a33fa6")]
    [InlineData("correct-horse-19byt", 77, "192.0.2.200", "192.0.2.1", 2, 100, 0x6b347b10b5c446e9UL, 0x1cfc,
        "01005e00001200005e00004d0800451000381cfc4000ff70bc35c0000201e0000012214d64070002f67a6b347b10b5c446e9cf78b1c9a3ffbf4dbcbc44410677c73b994554b5")]
    [InlineData("secret", 3, "192.0.2.222", "192.0.2.1", 0, 128, 0x4c76720d96e34d9aUL, 0x8684,
        "01005e00001200005e00000308004510003886844000ff7052adc0000201e0000012210380070000ce794c76720d96e34d9a6bd87833f79327eadd3b73dbd56836c1be85ce28")]
    [InlineData("secret", 1, "192.0.2.222", "192.0.2.2", 1, 50, 0xae6584f3c83c55f6UL, 0x3be0,
        "01005e00001200005e0000010800451000383be04000ff709d50c0000202e0000012210132070001ab4aae6584f3c83c55f6a4d63c5c05147703c4fcd9ebb8fc308aa8dd2188")]
    public void A_frame_is_composed_from_its_facts(
        string passphrase, byte vhid, string address, string source, byte advBase, byte advSkew, ulong counter, ushort identification, string expected)
    {
        var wireCounter = CarpCounter.FromWire(counter);
        var digest = Pair.Key(passphrase, vhid, IPAddress.Parse(address)).Sign(wireCounter);
        var group = IPAddress.Parse("224.0.0.18");
        var frame = new CarpFrame(
            EthernetHeader.MulticastMac(group), CarpFrame.VirtualMac(vhid), identification, Ipv4Address.From(IPAddress.Parse(source)),
            Ipv4Address.From(group), new CarpAdvert(vhid, advBase, advSkew, wireCounter, digest));
        var octets = new byte[CarpFrame.Length];
        frame.Write(octets);
        Assert.Equal(expected, Convert.ToHexStringLower(octets));
    }

    [Fact]
    public void The_last_advert_of_the_dead_master_is_signed_right() =>
        Assert.Equal("27f480ec6656bc2c2fa5ff16aa062c2a5f692ee9", Pair.Key().Sign(CarpCounter.FromWire(0xae6584f3c83c55f5)).ToString());
}
