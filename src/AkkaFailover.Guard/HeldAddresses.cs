using AkkaFailover.Core;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;

namespace AkkaFailover.Guard;

/// <summary>The group's addresses in the kernel.</summary>
internal sealed class HeldAddresses(IReadOnlyList<VirtualAddress> configured) : IDisposable
{
    /// <summary>The shortest lifetime that the kernel knows: what stands when daemon and guard are both gone.</summary>
    private const uint LifetimeSeconds = 1;

    private readonly AddressTable _table = new();
    private readonly KernelAddress[] _addresses = [.. configured.Select(KernelAddress.Of)];

    /// <summary>The netlink port whose events are our own doing.</summary>
    public uint Port => _table.Port;

    /// <summary>The addresses with their interfaces, as last resolved.</summary>
    public ReadOnlySpan<KernelAddress> Addresses => _addresses;

    /// <summary>Looks the interfaces up again: one that was deleted and made anew has another index.</summary>
    public void Resolve()
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            _addresses[i] = KernelAddress.Of(configured[i]);
            if (!configured[i].IsIPv6) PromoteSecondaries(configured[i].Interface);
        }
    }

    /// <summary>Adds or renews all addresses.</summary>
    /// <returns>Null, or why one of them could not be added.</returns>
    public string? Put()
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            var errno = _addresses[i].InterfaceIndex == 0 ? Errno.NoSuchDevice : _table.Put(_addresses[i], LifetimeSeconds);
            if (errno == Errno.NoSuchDevice) return $"interface {configured[i].Interface} is gone";
            if (errno != Errno.None) return $"{configured[i]} on {configured[i].Interface}: {Errno.Describe(errno)}";
        }
        return null;
    }

    /// <summary>Takes all addresses off.</summary>
    /// <returns>Null where none is there any more, or why one of them may be.</returns>
    public string? Remove()
    {
        string? failure = null;
        for (var i = 0; i < _addresses.Length; i++)
        {
            var errno = _table.Remove(_addresses[i]);
            if (errno != Errno.None) failure = $"{configured[i]} on {configured[i].Interface} could not be removed: {Errno.Describe(errno)}";
        }
        return failure;
    }

    public void Dispose() => _table.Dispose();

    // Where the host got its own address of the subnet after ours, the kernel counts it as ours' secondary and would
    // delete it together with ours, unless this is on (systemd's default). Failing to set it must not forbid a claim.
    private static void PromoteSecondaries(string interfaceName)
    {
        try
        {
            File.WriteAllText($"/proc/sys/net/ipv4/conf/{interfaceName}/promote_secondaries", "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
