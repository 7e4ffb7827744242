using System.Buffers.Binary;

namespace AkkaFailover.Fuzz;

/// <summary>Makes inputs of good ones: some octets, numbers, lengths or pieces other than they should be.</summary>
public static class Mutator
{
    private const int MostMutations = 6, LongestInput = 4096;
    private static readonly ulong[] Numbers = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, long.MaxValue, 1UL << 63, ulong.MaxValue];

    private static ReadOnlySpan<byte> Separators => " \t\n\r\0:\"{}[],=-"u8;

    /// <summary>The input of a seed.</summary>
    /// <param name="good">Inputs that are as they should be.</param>
    /// <param name="random">Decides; goes on.</param>
    public static byte[] Make(IReadOnlyList<byte[]> good, ref Randomness random)
    {
        var input = new List<byte>(good[random.Below(good.Count)]);
        // One in eight stays as it is: what the target mends or signs is then right.
        for (var left = random.Below(8) == 0 ? 0 : 1 + random.Below(MostMutations); left > 0; left--) Mutate(input, good, ref random);
        return [.. input];
    }

    private static void Mutate(List<byte> input, IReadOnlyList<byte[]> good, ref Randomness random)
    {
        var at = random.Below(input.Count + 1);
        switch (random.Below(9))
        {
            case 0 when at < input.Count: input[at] ^= (byte)(1 << random.Below(8)); break;
            case 1 when at < input.Count: input[at] = (byte)random.Next(); break;
            case 2: Overwrite(input, at, ref random); break;
            case 3: input.RemoveRange(at, random.Below(input.Count - at + 1)); break;
            case 4: Insert(input, at, Noise(1 + random.Below(16), ref random)); break;
            case 5: Insert(input, at, [.. input.Skip(random.Below(input.Count + 1)).Take(1 + random.Below(64))]); break;
            case 6: Insert(input, at, [.. Piece(good[random.Below(good.Count)], ref random)]); break;
            case 7 when at < input.Count && char.IsAsciiDigit((char)input[at]): input[at] = (byte)('0' + random.Below(10)); break;
            case 8: Insert(input, at, [Separators[random.Below(Separators.Length)]]); break;
        }
    }

    /// <summary>A number at a limit, in any of the lengths and orders in which formats write them.</summary>
    private static void Overwrite(List<byte> input, int at, ref Randomness random)
    {
        Span<byte> octets = stackalloc byte[8];
        var number = Numbers[random.Below(Numbers.Length)];
        var length = 1 << random.Below(4);
        if (random.Below(2) == 0) BinaryPrimitives.WriteUInt64LittleEndian(octets, number);
        else BinaryPrimitives.WriteUInt64BigEndian(octets, number << (64 - (8 * length)));
        for (var i = 0; i < length && at + i < input.Count; i++) input[at + i] = octets[i];
    }

    private static void Insert(List<byte> input, int at, byte[] piece)
    {
        if (input.Count + piece.Length <= LongestInput) input.InsertRange(at, piece);
    }

    private static byte[] Piece(byte[] from, ref Randomness random)
    {
        var start = random.Below(from.Length + 1);
        return from[start..(start + Math.Min(64, random.Below(from.Length - start + 1)))];
    }

    private static byte[] Noise(int length, ref Randomness random)
    {
        var noise = new byte[length];
        for (var i = 0; i < length; i++) noise[i] = (byte)random.Next();
        return noise;
    }
}
