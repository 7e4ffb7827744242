using System.Buffers.Binary;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class CarpFrameTests
{
    private const int IpStart = 14;
    private const int CarpStart = 34;

    private static readonly Term Seen = new(8);

    private static readonly Gen<CarpFrame> Frames =
        from vhid in Gen.Byte
        from pace in Gen.Byte.Array[2]
        from counter in Gen.ULong
        from macs in Gen.ULong[0, 0xFFFF_FFFF_FFFF].Array[2]
        from addresses in Gen.UInt.Array[2]
        from identification in Gen.UShort
        let wire = CarpCounter.FromWire(counter)
        select new CarpFrame(
            new MacAddress(macs[0]), new MacAddress(macs[1]), identification, new Ipv4Address(addresses[0]), new Ipv4Address(addresses[1]),
            new CarpAdvert(vhid, pace[0], pace[1], wire, Pair.Key(vhid: vhid).Sign(wire)));

    [Fact]
    public void What_is_written_is_read() => Frames.Sample(frame =>
    {
        var octets = new byte[CarpFrame.Length];
        frame.Write(octets);
        return CarpFrame.TryRead(octets, out var read) == WireRefusal.None && read == frame;
    });

    [Fact]
    public void Padding_after_the_frame_is_fine()
    {
        var octets = Own();
        Assert.Equal(WireRefusal.None, CarpFrame.TryRead([.. octets, 1, 2, 3], out _));
    }

    [Fact]
    public void Random_octets_are_refused_without_an_exception() => Gen.Byte.Array[0, 200].Sample(octets =>
        CarpFrame.TryRead(octets, out _) != WireRefusal.None
        && ArpFrame.TryRead(octets, out _) != WireRefusal.None
        && NeighbourFrame.TryRead(octets, out _) != WireRefusal.None);

    [Fact]
    public void Every_prefix_is_refused_without_an_exception()
    {
        var octets = Own();
        for (var length = 0; length < octets.Length; length++) Assert.NotEqual(WireRefusal.None, CarpFrame.TryRead(octets.AsSpan(0, length), out _));
    }

    [Fact]
    public void Damaged_octets_are_refused_without_an_exception() => Gen.Int[0, CarpFrame.Length - 1].Select(Gen.Byte).Array[1, 20].Sample(damage =>
    {
        var octets = Own();
        foreach (var (at, value) in damage) octets[at] = value;
        _ = Verifier().Verify(octets, Seen);
    });

    /// <summary>
    /// The stations of the Ethernet header (bits 0 to 95) have no checksum here and no meaning for the receiver. Everything else
    /// is under one of the two checksums, and vhid and counter under the digest as well.
    /// </summary>
    [Fact]
    public void Each_single_bit_but_the_stations_is_protected()
    {
        for (var bit = 0; bit < CarpFrame.Length * 8; bit++)
        {
            var octets = Own();
            octets[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            var accepted = Verifier().Verify(octets, Seen).Refusal == WireRefusal.None;
            Assert.True(accepted == bit < 96, $"bit {bit}");
        }
    }

    /// <summary>With mended checksums only what neither digest nor rules cover is left: it is what somebody without the passphrase can choose.</summary>
    [Fact]
    public void With_mended_checksums_the_digest_protects_vhid_counter_and_itself()
    {
        var free = Enumerable.Range(0, CarpFrame.Length).Where(at => Enumerable.Range(0, 8).Any(bit => IsAcceptedWith(at, bit)));
        int[] stations = [.. Enumerable.Range(0, 12)];
        int[] ip = [15, 18, 19, 20, 24, 25, 26, 27, 28, 29]; // type of service, identification, don't-fragment bit, mended checksum, source
        int[] carp = [36, 38, 39, 40, 41]; // advskew, reserved, advbase, mended checksum
        Assert.Equal([.. stations, .. ip, .. carp], free);
    }

    [Theory]
    [InlineData(12, 0x86, WireRefusal.EtherType)]
    [InlineData(IpStart, 0x65, WireRefusal.IpVersion)]
    [InlineData(IpStart, 0x46, WireRefusal.IpOptions)]
    [InlineData(IpStart, 0x44, WireRefusal.IpOptions)]
    [InlineData(IpStart + 3, 57, WireRefusal.IpTotalLength)]
    [InlineData(IpStart + 3, 19, WireRefusal.IpTotalLength)]
    [InlineData(IpStart + 3, 55, WireRefusal.TooShort)]
    [InlineData(IpStart + 6, 0x20, WireRefusal.IpFragment)]
    [InlineData(IpStart + 7, 1, WireRefusal.IpFragment)]
    [InlineData(IpStart + 8, 254, WireRefusal.IpTtl)]
    [InlineData(IpStart + 9, 51, WireRefusal.IpProtocol)]
    [InlineData(CarpStart, 0x31, WireRefusal.CarpVersion)]
    [InlineData(CarpStart, 0x23, WireRefusal.CarpType)]
    [InlineData(CarpStart + 3, 0, WireRefusal.CarpAuthLength)]
    [InlineData(CarpStart + 1, 2, WireRefusal.OtherVhid)]
    [InlineData(CarpStart + 23, 0, WireRefusal.BadDigest)]
    public void Each_field_is_checked_even_where_the_checksums_are_right(int at, byte value, WireRefusal expected)
    {
        var octets = Own();
        octets[at] = value;
        MendChecksums(octets);
        Assert.Equal(expected, Verifier().Verify(octets, Seen).Refusal);
    }

    [Fact]
    public void U13_two_checksum_errors_do_not_cancel()
    {
        var octets = Own();
        octets[IpStart + 11]++;
        octets[CarpStart + 7]--;
        Assert.Equal(WireRefusal.IpChecksum, CarpFrame.TryRead(octets, out _));
        octets[IpStart + 11]--;
        Assert.Equal(WireRefusal.CarpChecksum, CarpFrame.TryRead(octets, out _));
    }

    private static byte[] Own() => Pair.FrameOfA(CarpCounter.Before(Seen).Next(CarpPeer.Ours));

    private static AdvertVerifier Verifier() => Pair.VerifierOfB(Pair.Settings(CarpPeer.Ours));

    private static bool IsAcceptedWith(int at, int bit)
    {
        var octets = Own();
        octets[at] ^= (byte)(1 << bit);
        MendChecksums(octets);
        return Verifier().Verify(octets, Seen).Refusal == WireRefusal.None;
    }

    private static void MendChecksums(byte[] octets)
    {
        Mend(octets.AsSpan(IpStart, 20), 10);
        Mend(octets.AsSpan(CarpStart, 36), 6);
    }

    private static void Mend(Span<byte> part, int at)
    {
        part[at..(at + 2)].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(part[at..], InternetChecksum.Of(part));
    }
}
