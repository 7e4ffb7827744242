using AkkaFailover.Core.OpenVpn;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>Asks a group's service for its VPN: <see cref="OpenVpnReport"/>, or <see cref="NoOpenVpn"/> where it is none.</summary>
public sealed record GetOpenVpn;

/// <summary>Asks what is wrong with the server's files: sentences; none where nothing is.</summary>
internal sealed record GetContinuity;

/// <summary>The service is no OpenVPN server.</summary>
public sealed record NoOpenVpn;

/// <summary>A VPN server and its clients.</summary>
/// <param name="Serves">It runs here and answers.</param>
/// <param name="Clients">Those with a session here.</param>
/// <param name="Awaited">Those of the server before this one that are not back.</param>
/// <param name="Resets">Resets sent since the claim.</param>
/// <param name="Restarted">Clients back by a reset since the claim.</param>
/// <param name="Problems">What is wrong with its files or its management interface.</param>
public sealed record OpenVpnReport(
    bool Serves, IReadOnlyList<VpnClient> Clients, IReadOnlyList<VpnClient> Awaited, long Resets, int Restarted, IReadOnlyList<string> Problems);
