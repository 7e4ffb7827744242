using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AkkaFailover.Core.Wire.OpenVpn;

/// <summary>
/// P_CONTROL_HARD_RESET_SERVER_V2, wrapped with tls-crypt: what makes a client with an established session begin a new TLS handshake
/// with whoever is the server now (OpenVPN 2.6, doc/tls-crypt; src/docs/openvpn.md).
/// <code>
///  0      opcode 8, shifted left by three (key id 0)
///  1–8    session id
///  9–12   packet id 1                                 } of tls-crypt; the time lies before that of the server's
/// 13–16   seconds since 1970                          } own packets, or those would be taken for replayed ones
/// 17–48   HMAC-SHA256 over octets 0–16 and the plain body
/// 49–53   body, encrypted with AES-256-CTR, IV = octets 17–32: 0 acknowledgements, message id 0 (4 octets)
/// </code>
/// </summary>
public static class ServerReset
{
    /// <summary>Octets of the packet.</summary>
    public const int Length = HeaderLength + TagLength + BodyLength;

    /// <summary>Octets of a session id.</summary>
    public const int SessionIdLength = 8;

    private const byte HardResetServerV2 = 8 << 3;
    private const int HeaderLength = 17;
    private const int TagLength = 32;
    private const int BodyLength = 5;
    private const int BlockLength = 16;

    /// <summary>Writes one packet.</summary>
    /// <param name="key">The key that both nodes share.</param>
    /// <param name="sessionId">Eight random octets; the same again for a repetition, which the client then takes for one.</param>
    /// <param name="unixTime">Seconds since 1970.</param>
    public static byte[] Write(StaticKey key, ReadOnlySpan<byte> sessionId, uint unixTime)
    {
        var packet = new byte[Length];
        packet[0] = HardResetServerV2;
        sessionId[..SessionIdLength].CopyTo(packet.AsSpan(1));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(9), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(13), unixTime);
        // The plain body is all zeros, so header and body lie together when the tag's place is left out.
        Span<byte> signed = stackalloc byte[HeaderLength + BodyLength];
        packet.AsSpan(0, HeaderLength).CopyTo(signed);
        signed[HeaderLength..].Clear();
        var tag = packet.AsSpan(HeaderLength, TagLength);
        HMACSHA256.HashData(key.ServerHmacKey, signed, tag);
        // Counter mode over less than a block of zeros is the first block of the key stream.
        using var aes = Aes.Create();
        aes.Key = key.ServerCipherKey.ToArray();
        Span<byte> stream = stackalloc byte[BlockLength];
        aes.EncryptEcb(tag[..BlockLength], stream, PaddingMode.None);
        stream[..BodyLength].CopyTo(packet.AsSpan(HeaderLength + TagLength));
        return packet;
    }
}
