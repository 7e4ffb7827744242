using System.Text.Json.Nodes;
using AkkaFailover.Core;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>Reads the whole journal back and checks its hash chain.</summary>
internal sealed class JournalVerify : ControlCommand
{
    /// <summary>A journal of a million events takes about twenty seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public override CommandDefinition Definition { get; } = new("verify", "read the journal back and check its hash chain")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [new("config", "without a daemon: the journal that this configuration file names", "FILE", ValueKind.File)],
        Details = ["Exit code 0 where the chain is whole, 1 where not."],
        Examples = ["journal verify vpn", "journal verify --config /etc/akka-failover/akka-failover.conf"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        if (call.Has("config")) throw new CommandRefusedException("a daemon reads its own journal: leave --config out, or let failoverctl read the other one", ExitCode.Usage);
        var group = call.Group();
        var verdict = await call.AskAsync<JournalVerdict>(group.Replica, new VerifyJournal(), $"the replica of group {group.Name}", Patience);
        var data = Facts(group.Name, verdict);
        var view = new PairsView([
            new("Verdict", verdict.Ok ? new Cell("whole", Tone.Good) : new Cell("broken", Tone.Bad)),
            new("Events", $"{verdict.Events}"),
            new("Version", $"{verdict.Version}"),
            new("Digest", verdict.Digest.Length == 0 ? Wording.None : verdict.Digest),
        ])
        { Title = $"Journal of {group.Name}" };
        return verdict.Ok ? Done(data, view) : Done(data, view) with { Code = ExitCode.Refused, Error = verdict.Text };
    }

    /// <summary>The verdict for programs.</summary>
    public static JsonObject Facts(GroupName group, JournalVerdict verdict) => new()
    {
        ["group"] = group.Value,
        ["ok"] = verdict.Ok,
        ["events"] = verdict.Events,
        ["version"] = verdict.Version,
        ["digest"] = verdict.Digest,
        ["text"] = verdict.Text,
    };
}
