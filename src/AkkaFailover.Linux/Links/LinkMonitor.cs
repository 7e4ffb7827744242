using System.Runtime.InteropServices;
using System.Text;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Links;

/// <summary>Hears from the kernel when an interface loses or gets its carrier, goes or comes.</summary>
public sealed class LinkMonitor : ILinkMonitor
{
    private static readonly CarrierState Lost = new(false, "carrier lost");
    private static readonly CarrierState Gone = new(false, "interface gone");
    private static readonly CarrierState Back = new(true, "carrier back");

    private readonly string _interface;
    private readonly SafeFileHandle _socket = RawSockets.OpenRoute(NetlinkFormat.GroupLink, out _);
    private readonly SafeFileHandle _wakeUp = Descriptors.CreateWakeUp();
    private readonly byte[] _datagram = new byte[32 * 1024];
    private readonly Thread _thread;
    private volatile CarrierState _now = Gone;
    private volatile bool _closing;
    private int _index;
    private bool _listing;
    private CarrierState _listed = Gone;

    private LinkMonitor(string interfaceName)
    {
        _interface = interfaceName;
        RequestList();
        while (_listing) Read(wait: true);
        _thread = new Thread(Watch) { Name = $"link-{interfaceName}", IsBackground = true };
    }

    /// <inheritdoc/>
    public event Action<CarrierState>? Changed;

    /// <inheritdoc/>
    public CarrierState Now => _now;

    /// <summary>Starts to watch; <see cref="Now"/> is known when this returns.</summary>
    /// <exception cref="IOException">The kernel refused the socket.</exception>
    public static LinkMonitor Start(string interfaceName)
    {
        var monitor = new LinkMonitor(interfaceName);
        monitor._thread.Start();
        return monitor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        Descriptors.Wake(_wakeUp);
        _thread.Join();
        _socket.Dispose();
        _wakeUp.Dispose();
    }

    private void Watch()
    {
        Span<PollEntry> entries = [new PollEntry((int)_socket.DangerousGetHandle()), new PollEntry((int)_wakeUp.DangerousGetHandle())];
        while (!_closing)
        {
            Descriptors.Poll(entries, timeoutMilliseconds: -1);
            Read(wait: false);
        }
    }

    // The answers arrive between the news, in the order in which the kernel saw things.
    private void RequestList()
    {
        Span<byte> buffer = stackalloc byte[64];
        var request = new NetlinkRequest(buffer, NetlinkFormat.GetLink, NetlinkFormat.FlagRequest | NetlinkFormat.FlagDump, sequence: 1);
        request.AddLinkHeader();
        _listing = RawSockets.Send(_socket, request.Finish());
        _listed = Gone;
        if (!_listing) throw new IOException($"listing the host's interfaces: {Errno.Describe(Errno.Last)}");
    }

    private void Read(bool wait)
    {
        var length = RawSockets.Receive(_socket, _datagram, wait);
        if (length < 0)
        {
            // News were lost: the list tells how things are now.
            if (Errno.Last == Errno.NoBufferSpace) RequestList();
            return;
        }
        var messages = new NetlinkMessages(_datagram.AsSpan(0, length));
        while (messages.Next())
        {
            switch (messages.Type)
            {
                case NetlinkFormat.NewLink when Names(messages.Payload):
                    _index = IndexOf(messages.Payload);
                    _listed = StateOf(messages.Payload);
                    Become(_listed);
                    break;
                // Deleted, or renamed: another one may come under the name.
                case NetlinkFormat.DeleteLink or NetlinkFormat.NewLink when IndexOf(messages.Payload) == _index:
                    _index = 0;
                    _listed = Gone;
                    Become(Gone);
                    break;
                case NetlinkFormat.MessageDone or NetlinkFormat.MessageError when _listing:
                    _listing = false;
                    Become(_listed);
                    break;
            }
        }
    }

    private void Become(CarrierState state)
    {
        if (state == _now) return;
        _now = state;
        Changed?.Invoke(state);
    }

    private static CarrierState StateOf(ReadOnlySpan<byte> link)
    {
        const uint Passing = NetlinkFormat.LinkFlagUp | NetlinkFormat.LinkFlagLowerUp;
        return (MemoryMarshal.Read<uint>(link[8..]) & Passing) == Passing ? Back : Lost;
    }

    private static int IndexOf(ReadOnlySpan<byte> link) =>
        link.Length < NetlinkFormat.LinkHeaderLength ? -1 : MemoryMarshal.Read<int>(link[4..]);

    private bool Names(ReadOnlySpan<byte> link)
    {
        if (link.Length < NetlinkFormat.LinkHeaderLength) return false;
        var attributes = new NetlinkAttributes(link[NetlinkFormat.LinkHeaderLength..]);
        while (attributes.Next())
        {
            if (attributes.Type == NetlinkFormat.AttributeLinkName)
                return Encoding.UTF8.GetString(attributes.Value.TrimEnd((byte)0)) == _interface;
        }
        return false;
    }
}
