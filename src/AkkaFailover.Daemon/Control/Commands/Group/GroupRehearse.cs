using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Akka.Actor;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Rehearsal;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>Proves on the standby that a failover would work.</summary>
internal sealed class GroupRehearse : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("rehearse", "prove on the standby, without touching users, that a failover would work")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = [
            "The configuration is written to a scratch folder, and the service starts from it in namespaces of its own: a network that has the virtual addresses and nobody else in it, files that take writes and forget them. Its checks must pass; then everything is taken away.",
            "Only on a standby. A claim ends it at once. The result and the milliseconds of each phase are in group history; a failure is the alarm rehearsal-failed until a rehearsal passes.",
            "Exit code 0 where it passed, 1 where not.",
        ],
        Examples = ["group rehearse", "group rehearse vpn --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        // A dozen lines at most: one for each phase, and the result.
        var said = Channel.CreateUnbounded<object>();
        var relay = call.Context.System.ActorOf(Props.Create(() => new Relay(said.Writer)));
        try
        {
            var answer = await call.AskAsync<OperatorAnswer>(group.Rehearsal, new Rehearse(call.By, relay), $"the rehearsal of group {group.Name}");
            if (!answer.Accepted) throw new CommandRefusedException(answer.Text);
            await foreach (var next in said.Reader.ReadAllAsync(call.Gone))
            {
                if (next is RehearsalReport report) return Conclude(group, report);
                var phase = (PhaseResult)next;
                await call.ProgressAsync(ToJson(phase), ToLine(phase));
            }
        }
        finally
        {
            call.Context.System.Stop(relay);
        }
        throw new CommandRefusedException("the daemon is stopping or restarts its actor system: the rehearsal has ended", ExitCode.Unreachable);
    }

    private static ControlAnswer Conclude(GroupHandle group, RehearsalReport report)
    {
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["outcome"] = report.Outcome.Word(),
            ["why"] = report.Why,
            ["version"] = report.Version,
            ["milliseconds"] = Milliseconds(report.Took),
            ["phases"] = Array(report.Phases, ToJson),
        };
        var rows = report.Phases.Select(IReadOnlyList<Cell> (phase) => [phase.Phase.Word(), Text(phase.Took), Result(phase), phase.Text]);
        var table = new TableView(["PHASE", "MS", "RESULT", "WHAT"], [.. rows, ["all", Text(report.Took), report.Outcome.Word(), ""]], "nothing was done");
        return report.Outcome == RehearsalOutcome.Passed
            ? Done(data, table)
            : Done(data, table) with { Code = ExitCode.Refused, Error = $"the rehearsal of group {group.Name} {Failure(report.Outcome)}: {report.Why}" };
    }

    private static string Failure(RehearsalOutcome outcome) => outcome == RehearsalOutcome.GivenUp ? "was given up" : "failed";

    private static JsonObject ToJson(PhaseResult phase) => new()
    {
        ["phase"] = phase.Phase.Word(),
        ["milliseconds"] = Milliseconds(phase.Took),
        ["ok"] = phase.Ok,
        ["text"] = phase.Text,
    };

    private static string ToLine(PhaseResult phase) =>
        $"{phase.Phase.Word(),-13} {Text(phase.Took),8} ms  {(phase.Ok ? "ok" : "failed")}{(phase.Text.Length > 0 ? $": {phase.Text}" : "")}";

    private static Cell Result(PhaseResult phase) => phase.Ok ? new Cell("ok", Tone.Good) : new Cell("failed", Tone.Bad);

    private static string Text(TimeSpan took) => took.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static double Milliseconds(TimeSpan took) => Math.Round(took.TotalMilliseconds, 1);

    private sealed class Relay : ReceiveActor
    {
        private readonly ChannelWriter<object> _said;

        public Relay(ChannelWriter<object> said)
        {
            _said = said;
            Receive<PhaseResult>(phase => _said.TryWrite(phase));
            Receive<RehearsalReport>(report => _said.TryWrite(report));
        }

        protected override void PostStop() => _said.TryComplete();
    }
}
