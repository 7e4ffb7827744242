using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Brings a change to a group's replica and puts its answer into words.</summary>
internal static class ConfigChange
{
    /// <summary>A change waits for the disks of both nodes, and for a peer that has just gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<ControlAnswer> ApplyAsync(CommandCall call, GroupHandle group, string key, byte[]? value)
    {
        object answer;
        try
        {
            answer = await call.AskAsync<object>(group.Replica, new ChangeEntry(key, value, call.By), $"the replica of group {group.Name}", Patience);
        }
        catch (CommandRefusedException silent)
        {
            return Refuse(key, $"{silent.Message}; whether the change was made is not known: ask with 'failoverctl config get {key}'", silent.Code);
        }
        return answer switch
        {
            ChangeAcknowledged done => Acknowledge(done),
            ChangeRefused refused => Refuse(key, refused.Words, ExitCode.Refused),
            _ => throw new InvalidOperationException($"the replica answered {answer}"),
        };
    }

    /// <summary>A refusal whose data names the key, so that one of many changes can be told.</summary>
    public static ControlAnswer Refuse(string key, string reason, int code) =>
        new(0, code) { Error = reason, Data = new JsonObject { ["key"] = key, ["error"] = reason } };

    private static ControlAnswer Acknowledge(ChangeAcknowledged done)
    {
        var data = new JsonObject { ["key"] = done.Key, ["version"] = done.Version, ["replicated"] = done.Replicated };
        var where = done.Replicated ? new Cell("on both nodes", Tone.Good) : new Cell("on this node alone", Tone.Warn);
        return new ControlAnswer(0, ExitCode.Done)
        {
            Data = data,
            View = [new LinesView([new Cell($"{done.Key}: version {done.Version}, {where.Text}", where.Tone)])],
        };
    }
}
