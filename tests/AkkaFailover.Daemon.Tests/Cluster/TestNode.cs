using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>One node with a real ActorSystem; what its groups' actors are told is in <see cref="Told"/>.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public static readonly GroupName Group = GroupName.Parse("vpn");

    private TestNode(FailoverSettings settings, IReadOnlyList<IPayloadCodec> codecs, Action<object>? told)
    {
        Settings = settings;
        System = ActorSystem.Create(ClusterSetup.SystemName, ClusterSetup.ActorSystemSetup(settings));
        var sink = System.ActorOf(Akka.Actor.Props.Create(() => new Sink(told ?? Told.Enqueue)).WithDispatcher(ClusterSetup.Dispatcher));
        System.EventStream.Subscribe(sink, typeof(LinkBroken));
        Link = System.ActorOf(PeerLinkActor.Props(settings, "1.2.3", new TestClock(), codecs), ClusterSetup.LinkName);
        Link.Tell(new RegisterGroup(new GroupHandle(settings.Groups[0], sink, sink, sink, sink, sink, sink)));
    }

    public FailoverSettings Settings { get; }

    public ActorSystem System { get; }

    public IActorRef Link { get; }

    public ConcurrentQueue<object> Told { get; } = new();

    public static TestNode Start(FailoverSettings settings, IReadOnlyList<IPayloadCodec>? codecs = null, Action<object>? told = null) =>
        new(settings, codecs ?? PayloadCodecs.All, told);

    public static FailoverSettings MakeSettings(string node, HostPort listen, string peer, HostPort peerAt, TlsSettings? tls, byte vhid = 1) => new(
        NodeName.Parse(node),
        "/nonexistent",
        "/nonexistent",
        new ClusterSettings(
            listen,
            new Dictionary<NodeName, HostPort> { [NodeName.Parse(peer)] = peerAt },
            tls),
        new JournalSettings(JournalProvider.Sqlite, null),
        new LogSettings("warning", null),
        [
            new GroupSettings(
                Group,
                "eth0",
                [new VirtualAddress(IPAddress.Parse("192.0.2.222"), 24, "eth0")],
                new HeartbeatSettings(null, new CarpSettings(vhid, new Secret(Encoding.UTF8.GetBytes("secret")), 0, 51, 3, CarpPeer.Ours, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), [])),
                ProbeAddress: true,
                [],
                new ReplicaSettings(true, AcknowledgeMode.Both, TimeSpan.FromSeconds(20)),
                new NoService()),
        ],
        TimeSpan.FromSeconds(10),
        []);

    public static HostPort FreeAddress() => new("127.0.0.1", FreePort.Next());

    public static PeerBeat BeatOf(Role role, long version = 0) => new(
        role, Term.None, Term.None, false, true, "", new ReplicaPosition(version, "", true, JournalState.Usable), true, null, false, 0, "none");

    public void Send(LinkPayload payload) => Link.Tell(new SendToPeer(Group, payload));

    /// <summary>Beats as a group does, until the node ends.</summary>
    public void KeepBeating(Role role)
    {
        var beat = new SendToPeer(Group, new Beat(BeatOf(role)));
        System.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(200), Link, beat, ActorRefs.NoSender);
    }

    public async Task<ClusterReport> Report() => await Link.Ask<ClusterReport>(new GetCluster(), TimeSpan.FromSeconds(5));

    /// <summary>Waits until something like this was told since the last <see cref="Forget"/>.</summary>
    public async Task<T> Hears<T>(Func<T, bool> matches, double seconds = 10)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            if (Told.OfType<T>().FirstOrDefault(matches) is { } found) return found;
            await Task.Delay(2);
        }
        throw new TimeoutException($"{Settings.Node} was not told {typeof(T).Name} within {seconds} s; it was told: {string.Join(" | ", Told.TakeLast(20))}");
    }

    public Task<LinkChanged> Hears(LinkStatus status, double seconds = 10) => Hears<LinkChanged>(change => change.Status == status, seconds);

    public void Forget() => Told.Clear();

    /// <summary>Waits until the report fulfils a condition.</summary>
    public async Task<ClusterReport> Reports(Func<ClusterReport, bool> matches, double seconds = 10)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var report = await Report();
            if (matches(report)) return report;
            if (clock.Elapsed.TotalSeconds > seconds) throw new TimeoutException($"{Settings.Node} still reports {report.Peers[0]}, members {string.Join(", ", report.Members)}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class Sink : ReceiveActor
    {
        public Sink(Action<object> told) => ReceiveAny(told);
    }
}

internal sealed class TestClock : IMonotonicClock
{
    public Moment Now => new((long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));
}
