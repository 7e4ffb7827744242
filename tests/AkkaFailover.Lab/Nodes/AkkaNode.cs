using System.Globalization;
using System.Text.Json;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>AkkaFailover.</summary>
public sealed class AkkaNode : Node
{
    /// <summary>The group of the lab.</summary>
    public const string Group = "vpn";

    private readonly string[] _wrapper;

    /// <summary>A node whose configuration stands in the host's folder; <see cref="PairConfiguration"/> writes it.</summary>
    /// <param name="host">Where it runs.</param>
    /// <param name="wrapper">A command that prepares something and then becomes the daemon; empty for none.</param>
    public AkkaNode(LabHost host, params string[] wrapper) : base(host)
    {
        ConfigurationFile = PairConfiguration.FileOf(host);
        _wrapper = wrapper;
    }

    /// <summary>Its configuration.</summary>
    public string ConfigurationFile { get; }

    /// <summary>Its control socket.</summary>
    public string Socket => PairConfiguration.SocketOf(Host);

    /// <summary>Its state directory.</summary>
    public string StateDirectory => PairConfiguration.StateOf(Host);

    /// <summary>Its role, and what it says besides; null while it cannot be reached.</summary>
    public GroupStatus? Status =>
        Ctl("status", "--output", "json") is { ExitCode: 0 } answer ? Nodes.Status.Parse(answer.Output).Group : null;

    /// <summary>The process of its service; null where it has none.</summary>
    public int? ServiceProcess =>
        JsonDocument.Parse(Ask("service", "show", "--output", "json")).RootElement.GetProperty("services")[0].GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : null;

    /// <summary>Kills the process of its service, which the daemon is not told.</summary>
    public void KillService() => Tool.Run("kill", ["-KILL", ServiceProcess!.Value.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Members of its cluster that are up and can be reached, as it sees them.</summary>
    public int MembersUp => Ctl("cluster", "show", "--output", "json") is { ExitCode: 0 } answer
        ? JsonDocument.Parse(answer.Output).RootElement.GetProperty("members").EnumerateArray()
            .Count(member => member.GetProperty("status").GetString()!.Equals("up", StringComparison.OrdinalIgnoreCase) && member.GetProperty("reachable").GetBoolean())
        : 0;

    /// <inheritdoc/>
    public override bool IsReady(bool holder) => Runs && Status is { } status && (holder
        ? status is { Role: "active", HoldsAddresses: true, Config.InSync: true }
        : status is { Role: "standby", HoldsAddresses: false, Eligible: true, Config.InSync: true, Peers: [{ Role: "active", Evidence.Cluster: "ok" }] });

    /// <inheritdoc/>
    public override bool IsBackingOff => Status is { Role: "fault" };

    /// <inheritdoc/>
    public override IReadOnlyList<int> DaemonProcesses() => [Process!.Pid];

    /// <summary>The guards beside the daemon.</summary>
    public IReadOnlyList<int> Guards() => [.. Host.Processes().Except(DaemonProcesses())];

    /// <summary>SIGSTOP to the guard.</summary>
    public void FreezeGuard() => LabHost.Send(Guards(), Signal.Stop);

    /// <summary>Adverts of the peer that counted, so far.</summary>
    public long Accepted => Heartbeat.GetProperty("accepted").GetInt64();

    /// <summary>Adverts and answers that had no effect so far, by the reason.</summary>
    public IReadOnlyDictionary<string, long> Refused =>
        Heartbeat.GetProperty("refused").EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64());

    private JsonElement Heartbeat => JsonDocument.Parse(Ask("heartbeat", "stats", "--output", "json")).RootElement;

    /// <summary>Runs <c>failoverctl</c>, whatever its exit code.</summary>
    public ToolResult Ctl(params string[] command) => Tool.Try(Artifacts.Client, ["--socket", Socket, .. command]);

    /// <summary>Runs <c>failoverctl</c>, which must succeed; returns its standard output.</summary>
    public string Ask(params string[] command) => Tool.Run(Artifacts.Client, ["--socket", Socket, .. command]);

    /// <summary>How late its adverts left, and what held it up longest, as it counts them itself.</summary>
    public string Lateness
    {
        get
        {
            var stats = Heartbeat;
            var longest = stats.GetProperty("longestStall") is { ValueKind: JsonValueKind.Object } stall
                ? string.Create(CultureInfo.InvariantCulture, $"longest stall {stall.GetProperty("milliseconds").GetDouble():0.0} ms: {stall.GetProperty("cause")}") : "no stall";
            return $"adverts late by up to {Buckets(stats.GetProperty("lateness"))}; stalls of up to {Buckets(stats.GetProperty("stalls"))}; {longest}";
        }
    }

    /// <summary>How many stalls of more than so many milliseconds its histogram has.</summary>
    public long StallsOver(int milliseconds) => Heartbeat.GetProperty("stalls").EnumerateArray()
        .Where(bucket => bucket.GetProperty("upToMilliseconds") is not { ValueKind: JsonValueKind.Number } bound || bound.GetDouble() > milliseconds)
        .Sum(bucket => bucket.GetProperty("count").GetInt64());

    private static string Buckets(JsonElement histogram) => string.Join(", ", histogram.EnumerateArray().Where(bucket => bucket.GetProperty("count").GetInt64() > 0)
        .Select(bucket => $"{(bucket.GetProperty("upToMilliseconds") is { ValueKind: JsonValueKind.Number } bound ? $"{bound} ms" : "more")}: {bucket.GetProperty("count")}"));

    /// <summary>The newest 200 events of the group's history, oldest first, as text.</summary>
    public string History => Ask("group", "history", "--last", "200", "--output", "json");

    /// <inheritdoc/>
    public override string Explain() => Runs ? string.Concat(Ctl("group", "explain").Output, Ctl("group", "history").Output, Ctl("status").Output) : "";

    /// <inheritdoc/>
    public override string LastClaim()
    {
        if (Ctl("group", "history", "--last", "--output", "json") is not { ExitCode: 0 } answer) return "";
        var report = JsonDocument.Parse(answer.Output).RootElement;
        return report.TryGetProperty("kind", out var kind) && kind.GetString() == "failover"
            ? string.Join(", ", report.GetProperty("phases").EnumerateArray().Select(phase => $"{phase.GetProperty("name").GetString()} {phase.GetProperty("milliseconds").GetDouble():0}"))
            : "";
    }

    /// <inheritdoc/>
    protected override HostProcess Launch() => Host.Start("daemon.log", [.. _wrapper, Artifacts.Daemon, "--config", ConfigurationFile]);
}
