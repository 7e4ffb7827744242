using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Paths;
using AkkaFailover.Linux.Programs;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>A replica with a real journal in a folder of its own, an election that records, and a wire to the other one that can be cut.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    // What stands still here never moves again; one sync on a machine that runs all tests at once may take many seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
    private ActorSystem? _system;
    private TestNode? _peer;
    private volatile bool _connected;
    private long _sent;

    public TestNode(string node, string peer, string folder, AcknowledgeMode acknowledge = AcknowledgeMode.Both, JournalSettings? journal = null, ValidationSettings? validation = null,
        string? path = null, TimeSpan? pathsTimeout = null, string? database = null)
    {
        Settings = SettingsOf(node, peer, Path.Combine(folder, node), acknowledge);
        var group = Settings.Groups[0];
        Settings = Settings with { Journal = journal ?? Settings.Journal, Groups = [group with { Config = group.Config with
        {
            Validation = validation,
            Paths = path is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["vpn"] = path },
            Databases = database is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["users"] = database },
            PathsTimeout = pathsTimeout ?? TimeSpan.FromSeconds(5),
            PathsInterval = TimeSpan.FromSeconds(2),
        } }] };
    }

    public FailoverSettings Settings { get; }

    /// <summary>What becomes of a payload of this node on its way: null is lost.</summary>
    public Func<LinkPayload, LinkPayload?> OnTheWay { get; set; } = payload => payload;

    /// <summary>Bytes of all payloads that have left this node.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public IActorRef Replica { get; private set; } = ActorRefs.Nobody;

    public void Start()
    {
        Assert.Null(JournalCheck.Open(Settings));
        var setup = BootstrapSetup.Create().WithConfig(JournalSetup.Config(Settings).WithFallback("akka.loglevel = ERROR"));
        _system = ActorSystem.Create(Settings.Node.Value, ActorSystemSetup.Create(setup, JournalSetup.Options(Settings)));
        var election = _system.ActorOf(Props.Create(() => new Recorder(_told)));
        _system.EventStream.Subscribe(election, typeof(JournalDamaged));
        var wire = _system.ActorOf(Props.Create(() => new Wire(this)));
        var blobs = BlobStore.Open(Path.Combine(Settings.StateDir, "blobs", "vpn"));
        Replica = _system.ActorOf(ConfigReplicaActor.Props(Settings, Settings.Groups[0], new StopwatchClock(), election, wire, blobs,
            ValidationActor.For(Settings, Settings.Groups[0], new ProcessLauncher(), new StopwatchClock()),
            PathsActor.For(Settings, Settings.Groups[0], new StopwatchClock(), election, FileTree.Open, FileTree.OpenDatabase, blobs)));
    }

    /// <summary>Ends the actor system as a killed process would be ended: without a goodbye on the wire.</summary>
    public async Task Kill()
    {
        if (_system is null)
            return;
        var peer = _peer;
        Disconnect(LinkStatus.Refused);
        await _system.Terminate();
        _system = null;
        Replica = ActorRefs.Nobody;
        _peer = peer;
    }

    public void Connect(TestNode peer)
    {
        (_peer, peer._peer) = (peer, this);
        (_connected, peer._connected) = (true, true);
        Replica.Tell(new LinkChanged(LinkStatus.Connected, ""));
        peer.Replica.Tell(new LinkChanged(LinkStatus.Connected, ""));
    }

    public void Disconnect(LinkStatus seen)
    {
        _connected = false;
        if (_peer is null)
            return;
        _peer._connected = false;
        _peer.Replica.Tell(new LinkChanged(seen, ""));
        Replica.Tell(new LinkChanged(seen, ""));
    }

    /// <summary>Claims as the election does.</summary>
    public async Task<CaughtUp> Lead(uint term)
    {
        Replica.Tell(new BeginReplay(new Term(term)));
        var caught = await Told<CaughtUp>(c => c.Term == new Term(term));
        Replica.Tell(new OpenReplica(new Term(term)));
        return caught;
    }

    /// <summary>Becomes the active of a pair that is in sync.</summary>
    public async Task LeadWith(TestNode standby)
    {
        Connect(standby);
        await Lead(1);
        await standby.Reports(report => report.Position.InSync);
    }

    public Task<object> Set(string key, byte[] value) => Replica.Ask<object>(new ChangeEntry(key, value, "test"), Patience);

    public async Task<ChangeAcknowledged> Acknowledged(string key, byte[] value) => Answered<ChangeAcknowledged>(await Set(key, value));

    public async Task<ChangeRefused> Refused(string key, byte[] value) => Answered<ChangeRefused>(await Set(key, value));

    // With what was answered instead: a refusal says why.
    private static T Answered<T>(object answer)
    {
        Assert.True(answer is T, $"{answer}");
        return (T)answer;
    }

    public Task<T> Query<T>(object query) => Replica.Ask<T>(query, Patience);

    /// <summary>Waits for something that the election, or the whole daemon, is told.</summary>
    /// <param name="before">Gets what comes before it; null where nobody asks.</param>
    public async Task<T> Told<T>(Func<T, bool> wanted, ICollection<object>? before = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        await foreach (var message in _told.Reader.ReadAllAsync(limit.Token))
        {
            if (message is T told && wanted(told))
                return told;
            before?.Add(message);
        }
        throw new InvalidOperationException("the recorder has ended");
    }

    /// <summary>Asks again and again until the report is as wanted.</summary>
    public async Task<ReplicaReport> Reports(Func<ReplicaReport, bool> wanted)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var report = await Query<ReplicaReport>(new GetReplica());
            if (wanted(report))
                return report;
            Assert.True(watch.Elapsed < Patience, $"{Settings.Node} still says {report}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync() => await Kill();

    private static FailoverSettings SettingsOf(string node, string peer, string folder, AcknowledgeMode acknowledge)
    {
        var carp = new CarpSettings(1, new Secret("secret"u8.ToArray()), 0, 51, 3, CarpPeer.Ours, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), []);
        var group = new GroupSettings(GroupName.Parse("vpn"), "lo", [], new HeartbeatSettings(null, carp), true, [],
            new ReplicaSettings(true, acknowledge, TimeSpan.FromSeconds(20)), null!);
        var peers = new Dictionary<NodeName, HostPort> { [NodeName.Parse(peer)] = new HostPort("10.9.0.2", 4053) };
        return new FailoverSettings(NodeName.Parse(node), folder, "", new ClusterSettings(new HostPort("10.9.0.1", 4053), peers, null),
            new JournalSettings(JournalProvider.Sqlite, null), new LogSettings("error", null), [group], TimeSpan.FromSeconds(5), []);
    }

    private sealed class Recorder : UntypedActor
    {
        private readonly Channel<object> _told;

        public Recorder(Channel<object> told) => _told = told;

        protected override void OnReceive(object message) => _told.Writer.TryWrite(message);
    }

    /// <summary>Carries payloads through their wire form.</summary>
    private sealed class Wire(TestNode node) : UntypedActor
    {
        private readonly PayloadTable _table = new(PayloadCodecs.All);

        protected override void OnReceive(object message)
        {
            if (message is not SendToPeer send || !node._connected || node._peer is not { } peer || node.OnTheWay(send.Payload) is not { } payload)
                return;
            var encoded = _table.Encode(payload, out _)!;
            Interlocked.Add(ref node._sent, encoded.Bytes.Length);
            peer.Replica.Tell(new FromPeer((ReplicaPayload)_table.Decode(encoded, out _)!));
        }
    }

    private sealed class StopwatchClock : IMonotonicClock
    {
        public Moment Now => new((long)Stopwatch.GetElapsedTime(0).TotalNanoseconds);
    }
}
