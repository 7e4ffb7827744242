using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Vip;

/// <summary>Compares what should be with what the kernel and the LAN say.</summary>
internal sealed class VipVerify : ControlCommand
{
    /// <summary>Asking the LAN takes longer than asking an actor.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override CommandDefinition Definition { get; } = new("verify", "compare what should be with what the kernel and the LAN say")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = ["Exit code 0 where everything is as it should be, 1 where not."],
        Examples = ["vip verify vpn"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var verification = await call.AskAsync<VipVerification>(group.Vip, new VerifyVip(), $"the address owner of group {group.Name}", Patience);
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["ok"] = verification.Ok,
            ["addresses"] = Array(verification.Addresses, row => new JsonObject
            {
                ["address"] = row.Address,
                ["interface"] = row.Interface,
                ["expected"] = row.Expected,
                ["present"] = row.Present,
                ["validSeconds"] = row.ValidSeconds,
                ["answeredBy"] = Array(row.AnsweredBy, station => station),
            }),
        };
        var table = new TableView(
            ["ADDRESS", "INTERFACE", "EXPECTED", "PRESENT", "VALID FOR", "ALSO ANSWERED BY"], [.. verification.Addresses.Select(ToRow)], "no addresses");
        return verification.Ok
            ? Done(data, table)
            : Done(data, table) with { Code = ExitCode.Refused, Error = $"the addresses of group {group.Name} are not as they should be" };
    }

    private static IReadOnlyList<Cell> ToRow(VipRow row) => [
        row.Address,
        row.Interface,
        row.Expected ? "yes" : "no",
        new Cell(row.Present ? "yes" : "no", row.Present == row.Expected ? Tone.Good : Tone.Bad),
        row.ValidSeconds is { } seconds ? Wording.Duration(seconds) : Wording.None,
        row.AnsweredBy.Count == 0 ? Wording.None : new Cell(string.Join(", ", row.AnsweredBy), row.Expected ? Tone.Bad : Tone.Plain),
    ];
}
