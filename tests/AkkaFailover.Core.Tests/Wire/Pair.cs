using System.Net;
using System.Text;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Core.Tests.Wire;

/// <summary>The two hosts of the captures, a (192.0.2.1) and b (192.0.2.2), as this product would be configured on them.</summary>
internal static class Pair
{
    public static readonly IPAddress A = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress B = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.77");
    public static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.222");
    public static readonly MacAddress MacA = new(0x0200_0000_000A);
    public static readonly MacAddress MacB = new(0x0200_0000_000B);
    public static readonly TermSeries TermsOfA = new(0, 2);
    public static readonly TermSeries TermsOfB = new(1, 2);

    public static CarpKey Key(string passphrase = "secret", byte vhid = 1, params IPAddress[] addresses) =>
        new(new Secret(Encoding.ASCII.GetBytes(passphrase)), vhid, addresses is [] ? [Virtual] : addresses);

    public static CarpSettings Settings(CarpPeer peer, byte advBase = 1, byte advSkew = 0, params IPAddress[] peers) => new(
        1, new Secret("secret"u8.ToArray()), advBase, advSkew, 3, peer, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), peers);

    /// <summary>The verifier of host b.</summary>
    public static AdvertVerifier VerifierOfB(CarpSettings settings, IEnumerable<ulong>? remembered = null) =>
        new(Key(), settings, B, TermsOfB, remembered ?? []);

    /// <summary>Verifies a frame where time does not matter.</summary>
    public static AdvertVerdict Verify(this AdvertVerifier verifier, ReadOnlySpan<byte> frame, Term highestSeen) => verifier.Verify(frame, highestSeen, Moment.Zero);

    /// <summary>A frame that host a sends between our own nodes.</summary>
    public static byte[] FrameOfA(CarpCounter counter, Func<CarpFrame, CarpFrame>? change = null)
    {
        var octets = new byte[CarpFrame.Length];
        new CarpComposer(Settings(CarpPeer.Ours), Key(), MacA, A).Write(counter, octets);
        return change is null ? octets : Change(octets, change);
    }

    /// <summary>A frame with some fields changed and its checksums mended, as somebody without the passphrase can do it.</summary>
    public static byte[] Change(byte[] octets, Func<CarpFrame, CarpFrame> change)
    {
        Xunit.Assert.Equal(WireRefusal.None, CarpFrame.TryRead(octets, out var frame));
        var changed = new byte[CarpFrame.Length];
        change(frame).Write(changed);
        return changed;
    }
}
