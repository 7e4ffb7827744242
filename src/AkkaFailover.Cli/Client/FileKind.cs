using System.Runtime.InteropServices;

namespace AkkaFailover.Cli.Client;

/// <summary>What lies at a path, links not followed (statx(2)): .NET does not tell a pipe, whose opening would wait for ever, from a file.</summary>
internal static partial class FileKind
{
    public const int File = 0x8000;
    public const int Folder = 0x4000;

    private const int WorkingDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeOnly = 1;
    private const int Size = 256;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xF000;

    /// <summary>The type bits of its mode.</summary>
    /// <exception cref="IOException">It is not there or may not be looked at.</exception>
    public static int Of(string path)
    {
        Span<byte> facts = stackalloc byte[Size];
        if (Statx(WorkingDirectory, path, DoNotFollow, TypeOnly, ref MemoryMarshal.GetReference(facts)) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return MemoryMarshal.Read<ushort>(facts[ModeOffset..]) & TypeBits;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte facts);
}
