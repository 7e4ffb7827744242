using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Netlink;

namespace AkkaFailover.Linux.Links;

/// <summary>The kernel's addresses, by rtnetlink.</summary>
public sealed class KernelAddressView : IAddressView
{
    /// <inheritdoc/>
    public AddressPresence Look(VirtualAddress address)
    {
        using var table = new AddressTable();
        var wanted = KernelAddress.Of(address);
        var found = table.List().FirstOrDefault(a => wanted.Matches(a.Octets, a.PrefixLength, a.InterfaceIndex));
        return new AddressPresence(found is not null, found?.ValidSeconds);
    }
}
