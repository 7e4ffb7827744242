using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Core.Status;

/// <summary>The status as people read it.</summary>
public static class StatusView
{
    private static readonly string[] Columns = ["GROUP", "NODE", "ROLE", "TERM", "ADDRESSES", "SINCE", "CONFIG", "SERVICE", "EVIDENCE"];

    /// <summary>One table of all groups: a row for this node, one for each peer, then what is to be looked at.</summary>
    public static IReadOnlyList<ViewPart> OfAll(NodeStatus status, TimeZoneInfo zone)
    {
        var rows = status.Groups.SelectMany(group => group.Peers.Select(peer => PeerRow(group, peer)).Prepend(OwnRow(status.Node, group))).ToList();
        var remarks = status.Groups.SelectMany(group => Remarks(group, zone)).ToList();
        var table = new TableView(Columns, rows, "no groups");
        return remarks.Count == 0 ? [table] : [table, new LinesView(remarks) { Title = "" }];
    }

    /// <summary>Everything about one group.</summary>
    public static IReadOnlyList<ViewPart> OfOne(string node, GroupStatus group, TimeZoneInfo zone)
    {
        var own = new PairsView([
            new("Role", Wording.Role(group.Role)),
            new("Since", Wording.Duration(group.SinceSeconds)),
            new("Term", $"{(group.Term == 0 ? "-" : group.Term)} (highest seen {group.HighestTerm})"),
            new("Eligible", group.Eligible ? new Cell("yes", Tone.Good) : new Cell($"no: {group.WhyNot}", Tone.Warn)),
            new("Paused", group.Paused ? new Cell("yes: roles are frozen", Tone.Warn) : new Cell("no")),
            new("Addresses", $"{string.Join(", ", group.Addresses)}{(group.HoldsAddresses ? " (held here)" : " (not held here)")}"),
            new("Lease", group.LeaseSeconds is { } lease ? $"{Wording.Duration(lease)} left" : Wording.None),
            new("Configuration", Configuration(group)),
            new("Digest", group.Config.Digest.Length == 0 ? Wording.None : group.Config.Digest),
            new("Service", ServiceLine(group.Service)),
        ])
        { Title = $"Group {group.Name} on {node}" };
        var parts = new List<ViewPart> { own };
        parts.AddRange(group.Peers.Select(peer => new PairsView([
            new("Role", Wording.Role(peer.Role)),
            new("Configuration", peer.Version is { } version ? $"version {version}" : Wording.None),
            new("Heartbeat", Wording.Evidence(peer.Evidence.Heartbeat)),
            new("Cluster link", Wording.Evidence(peer.Evidence.Cluster)),
            new("LAN", Wording.Evidence(peer.Evidence.Lan)),
        ])
        { Title = $"Peer {peer.Node}, as {node} sees it" }));
        if (group.Alarms.Count > 0) parts.Add(new LinesView([.. group.Alarms.Select(alarm => AlarmLine(alarm, zone))]) { Title = "Alarms" });
        return parts;
    }

    /// <summary>An alarm in a line.</summary>
    public static Cell AlarmLine(AlarmStatus alarm, TimeZoneInfo zone) =>
        new(alarm.Since is { } since ? $"{alarm.Kind} since {Wording.Time(since, zone)}: {alarm.Text}" : $"{alarm.Kind}: {alarm.Text}", Tone.Bad);

    private static IReadOnlyList<Cell> OwnRow(string node, GroupStatus group) => [
        group.Name,
        $"{node} (here)",
        Wording.Role(group.Role),
        Wording.Term(group.Term),
        group.HoldsAddresses ? new Cell(Addresses(group), Tone.Good) : Wording.None,
        Wording.Duration(group.SinceSeconds),
        new Cell(Configuration(group), group.Config.InSync ? Tone.Plain : Tone.Warn),
        Wording.Service(group.Service.State),
        Wording.None,
    ];

    private static IReadOnlyList<Cell> PeerRow(GroupStatus group, PeerStatus peer) => [
        "",
        peer.Node,
        Wording.Role(peer.Role),
        Wording.Term(peer.Term),
        peer.Role == "active" ? new Cell(Addresses(group), Tone.Good) : Wording.None,
        Wording.None,
        peer.Version is { } version ? $"{version}" : Wording.None,
        Wording.None,
        new Cell(
            $"heartbeat {peer.Evidence.Heartbeat}, cluster {peer.Evidence.Cluster}, lan {peer.Evidence.Lan}",
            peer.Evidence is { Cluster: "lost" } or { Lan: "lost" } or { Heartbeat: "lost" } ? Tone.Warn : Tone.Plain),
    ];

    private static string Addresses(GroupStatus group) =>
        group.Addresses.Count == 1 ? group.Addresses[0] : $"{group.Addresses[0]} +{group.Addresses.Count - 1}";

    private static string Configuration(GroupStatus group)
    {
        var config = group.Config;
        var digest = config.Digest.Length > 8 ? $"/{config.Digest[..8]}" : "";
        var alone = config.Unreplicated.Versions > 0
            ? $", {config.Unreplicated.Versions} not replicated for {Wording.Duration(config.Unreplicated.Seconds)}"
            : "";
        return $"{config.Version}{digest} {(config.InSync ? "in sync" : "not in sync")}{alone}";
    }

    private static Cell ServiceLine(ServiceStatus service)
    {
        var details = new List<string>();
        if (service.Pid is { } pid) details.Add($"pid {pid}");
        if (service.Restarts > 0) details.Add($"{service.Restarts} {(service.Restarts == 1 ? "restart" : "restarts")}");
        if (service.Detail.Length > 0) details.Add(service.Detail);
        if (service.RetrySeconds is { } retry) details.Add($"started again in {Wording.Duration(retry)}");
        var text = details.Count == 0 ? service.State : $"{service.State} ({string.Join(", ", details)})";
        return Wording.Service(service.State) with { Text = service is { Type: "none", State: "none" } ? "none" : $"{service.Type}: {text}" };
    }

    private static IEnumerable<Cell> Remarks(GroupStatus group, TimeZoneInfo zone)
    {
        if (group.Paused) yield return new Cell($"{group.Name}: paused, roles are frozen; thaw with 'failoverctl group resume {group.Name}'", Tone.Warn);
        if (!group.Eligible && group.WhyNot.Length > 0) yield return new Cell($"{group.Name}: this node is not eligible: {group.WhyNot}", Tone.Warn);
        foreach (var alarm in group.Alarms) yield return AlarmLine(alarm, zone) with { Text = $"{group.Name}: {AlarmLine(alarm, zone).Text}" };
    }
}
