using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;

namespace AkkaFailover.Linux.Guard;

/// <summary>Removes addresses that no guard watches over any more.</summary>
internal static class LeftBehind
{
    /// <summary>Removes those of the addresses that are on their interfaces, with the configured prefix.</summary>
    /// <returns>Those that were there.</returns>
    /// <exception cref="IOException">One is still there.</exception>
    public static IReadOnlyList<VirtualAddress> Remove(IReadOnlyList<VirtualAddress> addresses)
    {
        using var table = new AddressTable();
        var present = table.List();
        var removed = new List<VirtualAddress>();
        foreach (var address in addresses)
        {
            var wanted = KernelAddress.Of(address);
            if (!present.Any(p => wanted.Matches(p.Octets, p.PrefixLength, p.InterfaceIndex))) continue;
            var errno = table.Remove(wanted);
            if (errno != Errno.None)
                throw new IOException($"{address} could not be taken off {address.Interface}: {Errno.Describe(errno)}. Remove it: ip addr del {address} dev {address.Interface}");
            removed.Add(address);
        }
        return removed;
    }

    /// <summary>Removes them, or waits until the kernel has: nobody renews them.</summary>
    public static void RemoveOrOutlast(IReadOnlyList<VirtualAddress> addresses)
    {
        try
        {
            Remove(addresses);
        }
        catch (IOException)
        {
            Thread.Sleep(ElectionSettings.KernelHolds);
        }
    }
}
