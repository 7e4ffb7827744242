using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>ucarp, as its manual shows it: two scripts that add and remove the address.</summary>
/// <param name="host">Where it runs.</param>
/// <param name="timing">Of its adverts.</param>
/// <param name="passphrase">Of the pair.</param>
/// <param name="vhid">Of the pair.</param>
/// <param name="service">Scripts that the two call, when the address is there; null for none.</param>
public sealed class UcarpNode(LabHost host, Timing timing, string passphrase = UcarpNode.Passphrase, byte vhid = 1, ServiceScripts? service = null) : Node(host)
{
    /// <summary>The passphrase of the lab.</summary>
    public const string Passphrase = "secret";

    /// <inheritdoc/>
    public override bool IsReady(bool holder) => Runs && LastState == (holder ? "MASTER" : "BACKUP");

    /// <summary>MASTER or BACKUP, as its log says last; empty before.</summary>
    public string LastState => LastWordAfter("to state: ");

    /// <summary>
    /// Whether it gave the role up without having heard of a better node: then it has lost its carrier and looks for it again every ten seconds only.
    /// Meanwhile it says that it is BACKUP, and hears nothing.
    /// </summary>
    public override bool IsBackingOff => Process is { } process && process.Log.Contains("to state: MASTER", StringComparison.Ordinal)
        && process.Log.TrimEnd().Split('\n')[^1].Contains("vip-down.sh", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override IReadOnlyList<int> DaemonProcesses() => [Process!.Pid];

    /// <inheritdoc/>
    protected override HostProcess Launch()
    {
        File.Delete(Path.Combine(Host.Directory, "ucarp.log"));
        return Host.Start("ucarp.log", "ucarp", "--interface=eth0", $"--srcip={Host.LanAddress}", $"--vhid={vhid}", $"--pass={passphrase}",
            $"--addr={LabTopology.VirtualAddress}", $"--advbase={timing.AdvBase}", $"--advskew={timing.AdvSkew}", "--shutdown",
            $"--upscript={Script("up", Address("add"), service?.Start)}", $"--downscript={Script("down", service?.Stop, Address("del"))}");
    }

    private static string Address(string verb) => $"ip address {verb} \"$2/{LabTopology.PrefixLength}\" dev \"$1\"";

    private string Script(string name, params string?[] lines) =>
        ServiceScripts.Write(Path.Combine(Host.Directory, $"vip-{name}.sh"), string.Join('\n', lines.Where(line => line is not null)));
}
