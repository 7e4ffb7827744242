using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Guard;

/// <summary>The release advert, which the daemon signed in advance; the guard knows no key.</summary>
internal sealed class ReleaseAdvert(string interfaceName) : IDisposable
{
    // One frame may be lost; a receiver refuses the second as a repeat.
    private const int Copies = 2;

    private readonly SafeFileHandle _socket = RawSockets.OpenSendOnly();
    private byte[] _frame = [];

    /// <summary>Keeps a frame.</summary>
    public void Arm(ReadOnlySpan<byte> frame) => _frame = frame.ToArray();

    /// <summary>Sends the frame and forgets it; the standby's deadline is there where it cannot be sent.</summary>
    public void Send()
    {
        if (_frame.Length == 0) return;
        var index = RawSockets.IndexOf(interfaceName);
        for (var i = 0; i < Copies; i++) _ = RawSockets.SendFrame(_socket, index, _frame);
        Forget();
    }

    /// <summary>Forgets the frame: it belongs to a term that is over.</summary>
    public void Forget() => _frame = [];

    public void Dispose() => _socket.Dispose();
}
