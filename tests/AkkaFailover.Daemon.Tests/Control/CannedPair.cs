using System.Net;
using System.Text;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Stalls;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>What the actors of node a report in these tests: group vpn, active, one alarm, one change not replicated.</summary>
internal static class CannedPair
{
    private const string Digest = "3f9a1c2b5d7e8f900112233445566778899aabbccddeeff00123456789abcdef";
    private static readonly DateTimeOffset Morning = new(2026, 3, 29, 8, 15, 2, 125, TimeSpan.Zero);
    private static readonly EvidenceSummary Evidence = new(PathEvidence.Silent, PathEvidence.Ok, PathEvidence.Ok);

    public static readonly ReplicaPosition Position = new(1042, Digest, InSync: true, JournalState.Usable);

    public static readonly PeerBeat Standby = new(
        Role.Standby, Term.None, new Term(7), LeaseRunning: false, Eligible: true, "", Position, HearsAdverts: true, null, Paused: false, 0, "stopped");

    public static readonly ElectionReport Active = new(
        Role.Active, 11_531.4, new Term(7), new Term(7), Eligible: true, "", Paused: false, Evidence, Standby, LinkStatus.Connected, 0.4125,
        [
            "active since 3h12m: claimed term 7 when the adverts of b had been silent for 0.60 s and its beats for 0.61 s",
            "the lease runs for 0.41 s more; each advert that leaves renews it",
            "it would end by: handover, stop, a lost lease, carrier loss, a failed service while b is eligible, a higher term",
        ],
        []);

    public static readonly VipReport Holding = new(Holds: true, new Term(7), null, 4711, 9);
    public static readonly ReplicaReport InSync = new(Position, 0, 0, Position, 2);
    public static readonly OpenVpnReport Vpn = new(
        Serves: true,
        [new VpnClient("bob", IPEndPoint.Parse("198.51.100.11:40002"), "10.8.0.3", 4), new VpnClient("alice", IPEndPoint.Parse("198.51.100.10:40001"), "10.8.0.2", 7)],
        [new VpnClient("carol", IPEndPoint.Parse("198.51.100.12:40003"), "", -1)], 6, 2, ["the server's certificate CN=vpn expires on 2026-04-02: renew it"]);

    public static readonly ServiceReport Running = new("process", ServiceState.Running, 4720, 1, "listening on 1194")
    {
        Checks = [
            new("port", "tcp", "active", "up", true, 0.4, 0.00021, 3_605, 3_604, "127.0.0.1:1194 accepts connections"),
            new("page", "http", "both", "up", false, 0.71, 1.0, 3_605, 2, "http://127.0.0.1:8080/health answers 503"),
            new("uplink", "exec", "standby", "idle", null, null, null, null, 0, ""),
        ],
    };

    public static readonly ServiceReport GivenUp = new("process", ServiceState.Failed, null, 3, "the process exited with 1 after 0.0 s: port taken; given up after 4 failures in a row") { RetrySeconds = 8.2 };

    public static readonly IReadOnlyList<CheckResult> Tried = [
        new("port", "tcp", true, 0.00021, "127.0.0.1:1194 accepts connections"),
        new("page", "http", false, 0.0042, "http://127.0.0.1:8080/health answers 503"),
    ];

    public static readonly PhaseReport Failover = new(
        ReportKind.Failover, new Term(7), "",
        [
            new("detection", 598.2, "no sign of an active node for 0.60 s on any path, the address answers no more"),
            new("confirmation", 0, "not needed"),
            new("replay", 3.1, "version 1042, digest verified, 3.1 ms after the decision"),
            new("address", 11.9, "the guard has added it"),
            new("announcement", 1.3, "4 frames have left"),
            new("service", 30, "process 4720"),
            new("checks", 45.2, "listening on 1194"),
            new("first client", 503, "anna, 10.8.0.2"),
        ],
        "heartbeat lost, cluster lost, lan ok, last advert 648 ms before, last beat 601 ms before, 14 questions for the address without an answer");

    public static readonly IReadOnlyList<GroupEvent> History = [
        new(Morning, "role", "starting to standby: the deadline has passed and nobody is active", new RoleChange(new Moment(1), Role.Starting, Role.Standby, Term.None, "the deadline has passed and nobody is active", Evidence)),
        new(Morning.AddSeconds(61.5), "alarm", "cluster-link-lost: the link to b is down while its adverts arrive", null),
        new(Morning.AddSeconds(62.75), "clear", "cluster-link-lost ended", null),
        new(Morning.AddSeconds(900), "role", "claiming to active under term 7: b was silent on every path", new RoleChange(new Moment(2), Role.Claiming, Role.Active, new Term(7), "b was silent on every path", Evidence)),
        new(Morning.AddSeconds(900.6), "failover", Failover.Text, null, Failover),
    ];

    public static readonly RehearsalReport Rehearsed = new("root", 1042, RehearsalOutcome.Passed, "",
        [
            new(RehearsalPhase.Configuration, TimeSpan.FromMilliseconds(12.34), true, "version 1042, 12 entries of watched paths, digests verified"),
            new(RehearsalPhase.Namespace, TimeSpan.FromMilliseconds(310), true, "192.0.2.222/24 on eth0, 2001:db8::5/64 on eth1"),
            new(RehearsalPhase.Service, TimeSpan.FromMilliseconds(251), true, "process: started"),
            new(RehearsalPhase.Checks, TimeSpan.FromMilliseconds(3.2), true, "check port: connected (1 in a row)"),
            new(RehearsalPhase.Stop, TimeSpan.FromMilliseconds(40), true, ""),
            new(RehearsalPhase.TearDown, TimeSpan.FromMilliseconds(26), true, ""),
        ]);

    public static readonly RehearsalReport Broken = Rehearsed with
    {
        Outcome = RehearsalOutcome.Failed,
        Why = "service: the process exited with 1 after 0.0 s: Options error: Unrecognized option",
        Phases = [.. Rehearsed.Phases.Take(2), new(RehearsalPhase.Service, TimeSpan.FromMilliseconds(21), false, "the process exited with 1 after 0.0 s: Options error: Unrecognized option"), .. Rehearsed.Phases.Skip(4)],
    };

    public static readonly HeartbeatStats Stats = new(
        57_123, 1, 41, new Dictionary<string, long> { ["bad-digest"] = 3, ["replayed-counter"] = 12 }, 0.0513, 812.25,
        [new(1, 57_001), new(5, 120), new(double.PositiveInfinity, 2)], RealTime: true, TimeSpan.FromMicroseconds(199_218), TimeSpan.FromMicroseconds(597_654),
        [new(10, 7), new(50, 1), new(double.PositiveInfinity, 0)],
        new(Morning.AddSeconds(2), new Stall(Moment.Zero, TimeSpan.FromMilliseconds(41.5), TimeSpan.FromMilliseconds(38), TimeSpan.FromMilliseconds(2))));

    public static readonly IReadOnlyList<PeekedAdvert> Adverts = [
        new(Morning.AddSeconds(1), true, "10.9.0.1", "sent", "CARP vhid 1 advbase 0 advskew 51 term 7 sequence 88"),
        new(Morning.AddSeconds(1.1), false, "10.9.0.66", "bad-digest", "CARP vhid 1 advbase 0 advskew 0"),
    ];

    public static readonly VipVerification Verified = new(
        true, [new("192.0.2.222/24", "eth0", true, true, 0.98, []), new("2001:db8::5/64", "eth1", true, true, 0.98, [])]);

    public static readonly ClusterReport Cluster = new(
        "a", "10.9.0.1:4053",
        [new("akka.ssl.tcp://failover@10.9.0.1:4053", "Up", true), new("akka.ssl.tcp://failover@10.9.0.2:4053", "Up", true)],
        [new("b", "10.9.0.2:4053", LinkStatus.Connected, 1, "0.1.0", 0.734, ["group vpn: advskew is 51 here and 60 there"], new Dictionary<string, long> { ["unknown group"] = 2 })]);

    public static readonly IReadOnlyList<EntryRow> Entries = [
        new("server/ca.crt", 1001, 1_834, "8f434346648f6b96"),
        new("server/port", 1042, 4, "9c56cc51b374c3ba"),
    ];

    public static readonly IReadOnlyList<ChangeRow> Changes = [
        new(1001, Morning, "root", "set", "server/ca.crt", 1_834, "8f434346648f6b96", 5, true),
        new(1041, Morning.AddMinutes(9), "ops", "remove", "server/old", 0, "", 7, false),
        new(1042, Morning.AddMinutes(10), "root", "set", "server/port", 4, "9c56cc51b374c3ba", 7, true),
    ];

    public static readonly IReadOnlyList<ConflictRow> Conflicts =
    [
        Conflict("server/port", "1195"u8.ToArray(), "1194"u8.ToArray()),
        Conflict("users/anna", null, "x"u8.ToArray()),
        Conflict("users/bert", "secret"u8.ToArray(), null),
    ];

    public static readonly IReadOnlyList<PathReport> Paths =
    [
        new("openvpn", "/etc/openvpn/server", 12, 48_211, "watching", [new("run/status.sock", "it is a socket"), new("keys/all", "the symbolic link is absolute")]),
        new("users", "/etc/vpn-users", 1, 812, "watching", []) { Transfers = [new("clients.db", 12 << 20, 100 << 20)] },
    ];

    public static readonly JournalVerdict Whole = new(true, 1_103, 1042, Digest, "the chain is whole");

    public static readonly PeerCompared Compared = new(
        new Mark(1042, Core.Replica.Digest.Of("ours"u8)), new Mark(1040, Core.Replica.Digest.Of("theirs"u8)), 3,
        [
            new("server/port", new("server/port", 1042, 4, Core.Replica.Digest.Of("1194"u8)), new("server/port", 1040, 3, Core.Replica.Digest.Of("443"u8))),
            new("server/old", null, new("server/old", 17, 1, Core.Replica.Digest.Of("x"u8))),
        ]);

    /// <summary>What a rollback comes down to.</summary>
    public static PlanDone Plan(long? version) => new(
        [
            new("server/new", Held("x"), null),
            new("server/old", null, "x"u8.ToArray()),
            new("server/port", Held("1194"), "443"u8.ToArray()),
        ],
        version, Replicated: true);

    private static Entry Held(string value) => new(Encoding.UTF8.GetBytes(value), 1042, Core.Replica.Digest.Of(Encoding.UTF8.GetBytes(value)));

    public static readonly Alarm Alarm = new(AlarmKind.HeartbeatPathLost, "adverts of b do not arrive, but its beats do: look at the switch", Morning.AddMinutes(3));

    /// <summary>Values that <c>config get</c> finds.</summary>
    public static readonly IReadOnlyDictionary<string, byte[]> Values = new Dictionary<string, byte[]>
    {
        ["server/port"] = "1194"u8.ToArray(),
        ["server/key"] = [0, 255, 10, 13],
        ["server/server.key"] = "geheim"u8.ToArray(),
    };

    /// <summary>Node a's configuration with these groups.</summary>
    public static FailoverSettings Settings(params string[] groups) => new(
        NodeName.Parse("a"), "/var/lib/akka-failover", "", new ClusterSettings(
            new HostPort("10.9.0.1", 4053), new Dictionary<NodeName, HostPort> { [NodeName.Parse("b")] = new("10.9.0.2", 4053) }, null),
        new JournalSettings(JournalProvider.Sqlite, null), new LogSettings("information", null), [.. groups.Select(Group)], TimeSpan.FromSeconds(10), []);

    private static GroupSettings Group(string name) => new(
        GroupName.Parse(name), "eth0",
        [new VirtualAddress(IPAddress.Parse("192.0.2.222"), 24, "eth0"), new VirtualAddress(IPAddress.Parse("2001:db8::5"), 64, "eth1")],
        new HeartbeatSettings(null, new CarpSettings(
            1, new Secret(Encoding.UTF8.GetBytes("secret")), 0, 51, 3, CarpPeer.Ours, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), [])),
        true, [], new ReplicaSettings(true, AcknowledgeMode.Both, TimeSpan.FromSeconds(20)) { SecretKeys = new SecretKeys(["**/*.key"]) },
        new ProcessService(["/usr/sbin/openvpn"], 3, TimeSpan.FromSeconds(1)));

    private static ConflictRow Conflict(string key, byte[]? value, byte[]? present)
    {
        var conflict = new Core.Replica.Conflict(new Core.Replica.Change(1043, new Core.Term(6), Morning, "ops", key, value), "b");
        return new ConflictRow(conflict.Id, conflict, present is null ? null : new Core.Replica.Entry(present, 1042, Core.Replica.Digest.Of(present)));
    }
}
