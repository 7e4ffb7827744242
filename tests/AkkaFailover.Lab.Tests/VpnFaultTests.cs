using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// What the clients of a VPN gateway see of a fault of its active node, with the server that Debian has and stock clients. The published figures
/// come from more runs of the same code (<c>scripts/bench.sh vpn</c>).
/// </summary>
[Collection(KickLab.Shared)]
public sealed class VpnWithKickTests(KickLab lab)
{
    // Five: a slow minute of a virtual machine lasts for three.
    [Fact]
    public Task Clients_are_back_two_seconds_after_the_host_died() => lab.Keeps(VpnFault.HostDeath, runs: 5, TimeSpan.FromSeconds(2), worst: TimeSpan.FromSeconds(3));

    [Fact]
    public Task The_server_dies_with_its_daemon() => lab.Keeps(VpnFault.KillDaemon, TimeSpan.FromSeconds(2));

    [Fact]
    public Task A_stop_tells_the_clients() => lab.Keeps(VpnFault.Terminate, TimeSpan.FromSeconds(1.5));

    [Fact]
    public Task A_handover_tells_the_clients() => lab.Keeps(VpnFault.Handover, TimeSpan.FromSeconds(1.5));
}

/// <inheritdoc cref="VpnWithKickTests"/>
public sealed class VpnOverShortUdpTests(ShortUdpLab lab) : IClassFixture<ShortUdpLab>
{
    [Fact]
    public Task Clients_are_back_after_their_time_out_when_the_host_died() => lab.Keeps(VpnFault.HostDeath, TimeSpan.FromSeconds(4.5));

    [Fact]
    public Task The_server_dies_with_its_daemon() => lab.Keeps(VpnFault.KillDaemon, TimeSpan.FromSeconds(4.5));

    [Fact]
    public Task A_stop_tells_the_clients() => lab.Keeps(VpnFault.Terminate, TimeSpan.FromSeconds(1.5));
}

/// <inheritdoc cref="VpnWithKickTests"/>
[Collection(TcpLab.Shared)]
public sealed class VpnOverTcpTests(TcpLab lab)
{
    [Fact]
    public Task Clients_are_back_when_the_new_nodes_kernel_has_refused_their_connection() =>
        lab.Keeps(VpnFault.HostDeath, runs: 3, TimeSpan.FromSeconds(1.9), worst: TimeSpan.FromSeconds(2.7));

    [Fact]
    public Task The_server_dies_with_its_daemon() => lab.Keeps(VpnFault.KillDaemon, TimeSpan.FromSeconds(2));

    [Fact]
    public Task A_handover_tells_the_clients() => lab.Keeps(VpnFault.Handover, TimeSpan.FromSeconds(1.5));
}
