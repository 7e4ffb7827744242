using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>What a group's rehearsals work with.</summary>
/// <param name="Settings">The daemon's settings.</param>
/// <param name="Group">The group's.</param>
/// <param name="ConfigurationFile">Where they were read from.</param>
/// <param name="Fingerprint">Of the settings (<see cref="RehearsalPlan.FingerprintOf"/>).</param>
/// <param name="Host">The host.</param>
/// <param name="Launcher">Starts programs.</param>
/// <param name="Clock">Time.</param>
/// <param name="Scratch">Where the configuration is written.</param>
internal sealed record RehearsalContext(
    FailoverSettings Settings,
    GroupSettings Group,
    string ConfigurationFile,
    string Fingerprint,
    IRehearsalHost Host,
    IProcessLauncher Launcher,
    IMonotonicClock Clock,
    ScratchFolder Scratch)
{
    /// <summary>Most interfaces of a rehearsal; a host full of containers has hundreds.</summary>
    private const int MostLinks = 32;

    /// <summary>What the service finds: the interfaces that carry a virtual address, and of the others those that have addresses.</summary>
    public RehearsalPlan PlanOf(IReadOnlyList<RoomPlace> places)
    {
        var carriers = Group.VirtualAddresses.Select(address => address.Interface).Append(Group.Interface).ToHashSet(StringComparer.Ordinal);
        var own = Group.VirtualAddresses.Select(address => $"{address.Address}/").ToList();
        var links = Host.Links().Where(link => carriers.Contains(link.Name) || link.Addresses.Count > 0)
            .OrderBy(link => carriers.Contains(link.Name) ? 0 : 1).Take(MostLinks)
            .Select(link => link with { Addresses = [.. link.Addresses.Where(address => !own.Any(virtualOne => address.StartsWith(virtualOne, StringComparison.Ordinal)))] });
        var addresses = Group.VirtualAddresses.Select(address => new RoomAddress($"{address.Address}/{address.PrefixLength}", address.Interface));
        return new RehearsalPlan(new RoomPlan(Scratch.Path, [.. links], [.. addresses], places, [Settings.ControlSocket]), Fingerprint);
    }

    /// <summary>The command that rehearses in the namespaces.</summary>
    public IReadOnlyList<string> Command() => Host.Command(["--rehearse", ConfigurationFile, "--group", Group.Name.Value, "--scratch", Scratch.Path]);
}
