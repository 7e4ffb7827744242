using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using SharpPcap;
using SharpPcap.LibPcap;

namespace AkkaFailover.Linux.Lan;

/// <summary>
/// One libpcap handle with the group memberships of its interface; of use for as long as the interface exists. One thread
/// reads, without allocation; any thread sends.
/// </summary>
internal sealed class LanDevice : LibPcapLiveDevice
{
    /// <summary>More than any frame that is read here; short slots let the buffer hold more frames.</summary>
    private const int SnapLength = 256;

    /// <summary>Holds a burst of 5,000 frames; with 256 KiB the kernel lost 2,000 of them without counting them.</summary>
    private const int KernelBuffer = 4 << 20;

    private readonly GroupMembership _membership;

    private LanDevice(PcapInterface device, LanRequest request) : base(device)
    {
        Open(new DeviceConfiguration { Mode = DeviceModes.None, Immediate = true, Snaplen = SnapLength, BufferSize = KernelBuffer });
        // Also for sending: a full transmit queue must not stop the thread that sends adverts.
        NonBlockingMode = true;
        Filter = request.Filter;
        RawSockets.ReceiveOnly(FileDescriptor, Name);
        _membership = new GroupMembership(RawSockets.IndexOf(request.Interface), request.Groups);
        Mac = Core.MacAddress.Read(device.MacAddress!.GetAddressBytes());
    }

    /// <summary>What to wait on for frames.</summary>
    public int Descriptor => FileDescriptor;

    /// <summary>The interface's station address.</summary>
    public Core.MacAddress Mac { get; }

    /// <summary>Opens an interface.</summary>
    /// <returns>Null while the interface is there but down: libpcap opens no such interface.</returns>
    /// <exception cref="LanUnavailableException">There is none of that name, or it may not be opened.</exception>
    public static LanDevice? TryOpen(LanRequest request)
    {
        var name = request.Interface;
        try
        {
            if (RawSockets.IndexOf(name) == 0) throw NoSuchInterface(name);
            var device = PcapInterface.GetAllPcapInterfaces().FirstOrDefault(i => i.Name == name) ?? throw NoSuchInterface(name);
            if (device.MacAddress is null)
                throw new LanUnavailableException($"interface {name} has no station address: CARP needs an Ethernet interface");
            return new LanDevice(device, request);
        }
        catch (PcapException e) when (e.Error == PcapError.InterfaceNotUp)
        {
            return null;
        }
        catch (PcapException e) when (e.Error is PcapError.PermissionDenied or PcapError.PromiscuousPermissionDenied)
        {
            throw new LanUnavailableException($"interface {name} may not be opened for packets: run as root, or grant CAP_NET_RAW", e);
        }
        catch (PcapException e)
        {
            throw new LanUnavailableException($"interface {name} cannot be opened for packets: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new LanUnavailableException(e.Message, e);
        }
        catch (SocketException e)
        {
            throw new LanUnavailableException($"interface {name}: multicast groups {string.Join(", ", request.Groups)} cannot be joined: {e.Message}; see sysctl net.ipv4.igmp_max_memberships", e);
        }
        catch (Exception e) when (e is DllNotFoundException || e.InnerException is DllNotFoundException)
        {
            throw new LanUnavailableException("libpcap is not installed: install the package libpcap0.8", e);
        }
    }

    /// <summary>Takes the next frame out of the buffer.</summary>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns>1 for a frame, 0 for none at present, less where the interface is gone.</returns>
    public unsafe int Next(out ReadOnlySpan<byte> frame)
    {
        nint header = 0, data = 0;
        var result = GetNextPacketPointers(ref header, ref data);
        frame = result == 1 ? new ReadOnlySpan<byte>((void*)data, (int)((PacketHeader*)header)->Captured) : default;
        return result;
    }

    /// <inheritdoc/>
    public override void Close()
    {
        // Null where opening failed half-way.
        _membership?.Dispose();
        base.Close();
    }

    private static LanUnavailableException NoSuchInterface(string name) =>
        new($"there is no interface {name}: name one of {string.Join(", ", NetworkInterface.GetAllNetworkInterfaces().Select(i => i.Name))}");

    /// <summary>pcap_pkthdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct PacketHeader
    {
        private readonly nint _seconds;
        private readonly nint _microseconds;
        public readonly uint Captured;
        private readonly uint _length;
    }
}
