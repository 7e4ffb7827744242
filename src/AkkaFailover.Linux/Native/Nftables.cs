using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>libnftables, what the program <c>nft</c> is made of, with a netlink socket of its own: libnftables(3).</summary>
public sealed partial class Nftables : IDisposable
{
    private const string Library = "libnftables.so.1";

    // Contexts share tables of symbols.
    private static readonly Lock OneAtATime = new();

    private nint _context;

    private Nftables(nint context) => _context = context;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">The library is missing, or there is no socket.</exception>
    public static Nftables Open()
    {
        try
        {
            lock (OneAtATime)
            {
                var context = New(0);
                if (context == 0 || BufferErrors(context) != 0) throw new IOException("libnftables does not start");
                return new Nftables(context);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new IOException($"{Library} is not on this host: install nftables (Debian: libnftables1)", e);
        }
    }

    /// <summary>Runs commands in the language of nft(8), all or none.</summary>
    /// <exception cref="IOException">They are refused: the message has nft's first line.</exception>
    public void Run(string commands)
    {
        lock (OneAtATime)
        {
            ObjectDisposedException.ThrowIf(_context == 0, this);
            if (RunCommands(_context, commands) == 0) return;
            var said = Marshal.PtrToStringUTF8(ErrorBuffer(_context)) ?? "";
            throw new IOException($"nftables: {said.Split('\n')[0]}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (OneAtATime)
        {
            if (_context != 0) Free(_context);
            _context = 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferErrors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorBuffer(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunCommands(nint context, string commands);
}
