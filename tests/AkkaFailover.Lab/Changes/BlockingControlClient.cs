using System.Net.Sockets;

namespace AkkaFailover.Lab.Changes;

/// <summary>
/// What <see cref="ControlClient"/> does, on a thread that waits in the kernel: a client that is measured must not take more of the
/// processors than its three system calls. It waits in poll, because whoever waits in recv is woken too when the daemon has taken what it sent.
/// </summary>
internal sealed class BlockingControlClient : IChangeClient
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _received = new byte[16 * 1024];

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public BlockingControlClient(string socket) => _socket.Connect(new UnixDomainSocketEndPoint(socket));

    /// <inheritdoc/>
    public bool Blocks => true;

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection ended.</exception>
    public Task Put(string key, string value)
    {
        var line = ControlClient.Line(key, value);
        for (var sent = 0; sent < line.Length;) sent += _socket.Send(line.AsSpan(sent));
        var answer = ControlClient.Read(ReceiveLine());
        return answer.Replicated ? Task.CompletedTask : throw new LabException($"{key} is not on both nodes: {answer}");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private ReadOnlyMemory<byte> ReceiveLine()
    {
        var end = 0;
        while (end == 0 || _received[end - 1] != '\n')
        {
            _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            end += _socket.Receive(_received.AsSpan(end)) is > 0 and var received ? received : throw new IOException("the daemon closed the connection");
        }
        return _received.AsMemory(0, end - 1);
    }
}
