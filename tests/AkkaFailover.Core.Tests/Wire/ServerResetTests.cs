using AkkaFailover.Core.Wire;
using AkkaFailover.Core.Wire.OpenVpn;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class ServerResetTests
{
    private static readonly string Key = $"#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n{string.Join('\n', Enumerable.Range(0, 16).Select(row => Convert.ToHexStringLower([.. Enumerable.Range(row * 16, 16).Select(i => (byte)i)])))}\n-----END OpenVPN Static key V1-----\n";

    /// <summary>The expected octets were made with another program (Python's hmac and the openssl command) by the format of the notes.</summary>
    [Fact]
    public void A_reset_is_the_packet_of_the_format()
    {
        var packet = ServerReset.Write(StaticKey.Parse(Key)!, [1, 2, 3, 4, 5, 6, 7, 8], 1_700_000_000);
        Assert.Equal("400102030405060708000000016553f10098524624e46e5f774d7a674dd402021138a94a47f08d2a5b24300a6d1a77f668ad9b2fe42b", Convert.ToHexStringLower(packet));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN OpenVPN Static key V1-----\n-----END OpenVPN Static key V1-----")]
    [InlineData("-----END OpenVPN Static key V1-----\n-----BEGIN OpenVPN Static key V1-----")]
    [InlineData("-----BEGIN OpenVPN Static key V1-----END OpenVPN Static key V1-----")]
    public void A_text_that_is_no_key(string text) => Assert.Null(StaticKey.Parse(text));

    [Fact]
    public void A_key_with_a_digit_too_few_or_that_is_none_is_no_key()
    {
        Assert.NotNull(StaticKey.Parse(Key));
        Assert.Null(StaticKey.Parse(Key.Replace("0f\n", "0\n", StringComparison.Ordinal)));
        Assert.Null(StaticKey.Parse(Key.Replace("0f\n", "0g\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_datagram_has_right_lengths_and_checksums()
    {
        var source = new Ipv4Address(0xC00002DE);
        var datagram = UdpDatagram.Write(source, 1194, new Ipv4Address(0xC6336409), 40001, [1, 2, 3]);
        Assert.Equal(31, datagram.Length);
        Assert.Equal(WireRefusal.None, Ipv4Header.TryRead(datagram, out var header));
        Assert.Equal((17, 11, source), (header.Protocol, header.PayloadLength, header.Source));
        // A receiver sums pseudo header, header and payload: what is left of a right checksum is nothing.
        var pseudo = InternetChecksum.Sum(datagram.AsSpan(12, 8)) + 17 + 11;
        Assert.Equal(0, InternetChecksum.Of(datagram.AsSpan(20), pseudo));
    }
}
