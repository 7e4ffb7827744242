using System.Buffers.Binary;

namespace AkkaFailover.Core.Tests.Wire;

/// <summary>The frames of a classic pcap file (little-endian, Ethernet).</summary>
internal static class Capture
{
    private const uint Magic = 0xA1B2C3D4;
    private const uint LinkTypeEthernet = 1;
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.pcap").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Captures");

    public static IReadOnlyList<byte[]> Read(string name)
    {
        var octets = File.ReadAllBytes(Path.Combine(Folder, name + ".pcap"));
        if (UInt32At(octets, 0) != Magic || UInt32At(octets, 20) != LinkTypeEthernet) throw new InvalidDataException($"{name} is not a pcap of Ethernet frames");
        var frames = new List<byte[]>();
        for (var at = FileHeaderLength; at < octets.Length;)
        {
            var length = (int)UInt32At(octets, at + 8);
            if (length != UInt32At(octets, at + 12)) throw new InvalidDataException($"{name}: a frame is cut");
            frames.Add(octets.AsSpan(at + RecordHeaderLength, length).ToArray());
            at += RecordHeaderLength + length;
        }
        return frames;
    }

    private static uint UInt32At(byte[] octets, int at) => BinaryPrimitives.ReadUInt32LittleEndian(octets.AsSpan(at));
}
