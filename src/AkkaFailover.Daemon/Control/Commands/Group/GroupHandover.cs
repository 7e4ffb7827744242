using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>The role goes to the other node, in order.</summary>
internal sealed class GroupHandover : ControlCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public override CommandDefinition Definition { get; } = new("handover", "give the role to the standby, in order")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [new("wait", "return when the other node is active, or fail after 30 s")],
        Details = ["On the active: stops the service, brings the last changes to the standby, takes the addresses off, sends the release. Refused where no eligible standby is there."],
        Examples = ["group handover vpn --wait"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        using var subscription = call.Has("wait") ? new EventSubscription(call.Context.System, group) : null;
        var since = Stopwatch.GetTimestamp();
        var answer = await call.OrderAsync(group, new HandoverRequested(call.By));
        if (subscription is null) return Done(new JsonObject { ["group"] = group.Name.Value, ["done"] = false, ["text"] = answer.Text }, answer.Text);
        await call.ProgressAsync(new JsonObject { ["text"] = answer.Text }, answer.Text);

        while (Stopwatch.GetElapsedTime(since) < Patience)
        {
            while (subscription.Events.TryRead(out var happened))
                await call.ProgressAsync(EventRows.ToJson(happened), EventRows.ToLine(happened, call.Context.Zone));
            var report = await call.AskAsync<ElectionReport>(group.Election, new GetElection(), $"the election of group {group.Name}");
            if (report is { Role: not (Role.Active or Role.Releasing), Peer.Role: Role.Active }) return Arrived(call, group, report, Stopwatch.GetElapsedTime(since));
            await Task.Delay(Poll, call.Gone);
        }
        throw new CommandRefusedException($"the other node is not active after {Patience.TotalSeconds:0} s: see 'failoverctl group explain {group.Name}' on both nodes");
    }

    private static ControlAnswer Arrived(CommandCall call, GroupHandle group, ElectionReport report, TimeSpan took)
    {
        var peer = string.Join(", ", call.Context.Settings.Cluster.Peers.Keys);
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["done"] = true,
            ["active"] = peer,
            ["term"] = report.Peer!.Term.Value,
            ["seconds"] = Math.Round(took.TotalSeconds, 3),
        };
        return Done(data, $"{peer} is active under term {report.Peer.Term} after {Wording.Duration(took.TotalSeconds)}");
    }
}
