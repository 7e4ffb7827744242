using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// The link to the peer, at /user/<see cref="ClusterSetup.LinkName"/> on both nodes: greets, carries the groups' payloads,
/// and knows whether the peer's process is there. It never watches anything remote: a lost system message would
/// quarantine the peer for good.
/// </summary>
public sealed class PeerLinkActor : UntypedActor, IWithTimers
{
    private const string WakeTimer = "wake";

    private readonly FailoverSettings _settings;
    private readonly string _software;
    private readonly IMonotonicClock _clock;
    private readonly PayloadTable _payloads;
    private readonly NodeName _peer;
    private readonly HostPort _peerAt;
    private readonly Address _peerAddress;
    private readonly ICanTell _peerLink;
    private readonly PeerGroups _groups;
    private readonly ClusterMembership _membership;
    private readonly RefusalCounters _refused;
    private readonly RefusedConnections _strangers;
    private readonly QuietingAlarm _intruder = new(AlarmKind.LinkIntruder);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private LinkState _state;
    private Greeting? _greeted;
    private IActorRef _current = ActorRefs.Nobody;
    private Moment _armed = Moment.Never;

    /// <summary>See <see cref="Props"/>, which also names the dispatcher.</summary>
    public PeerLinkActor(FailoverSettings settings, string software, IMonotonicClock clock, IReadOnlyList<IPayloadCodec> codecs)
    {
        _settings = settings;
        _software = software;
        _clock = clock;
        _payloads = new PayloadTable(codecs);
        (_peer, _peerAt) = settings.Cluster.Peers.Single();
        var root = ClusterSetup.RootOf(_peerAt, settings.Cluster.Tls is not null);
        _peerAddress = root.Address;
        _peerLink = Context.ActorSelection(root / "user" / ClusterSetup.LinkName);
        _groups = new PeerGroups(settings.Groups);
        var leads = settings.Node.CompareTo(_peer) < 0;
        _membership = new ClusterMembership(Context.System, _peerAddress, leads);
        _refused = new RefusalCounters(_log);
        _strangers = Context.System.Settings.Setup.Get<RefusedConnections>().GetOrElse(new RefusedConnections());
        _state = new LinkState { Incarnation = _membership.Incarnation, Leads = leads };
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The link of a daemon.</summary>
    /// <param name="settings">Exactly one peer.</param>
    /// <param name="software">This software's version, for people.</param>
    /// <param name="clock">The host's monotonic clock.</param>
    /// <param name="codecs">Those of every payload that may travel; usually <see cref="PayloadCodecs.All"/>.</param>
    public static Props Props(FailoverSettings settings, string software, IMonotonicClock clock, IReadOnlyList<IPayloadCodec> codecs) =>
        Akka.Actor.Props.Create(() => new PeerLinkActor(settings, software, clock, codecs)).WithDispatcher(ClusterSetup.LinkDispatcher);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        SelfShutdown.Disarm(Context.System);
        Context.System.EventStream.Subscribe(Self, typeof(RemotingLifecycleEvent));
        Tick();
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (var group in _groups.Handles) Self.Tell(new RegisterGroup(group));
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SendToPeer send: Send(send); break;
            case GroupMessage group: OnGroup(group); break;
            case LinkMessage other: OnPeer(other); break;
            case RemotingLifecycleEvent happened: OnTransport(happened); break;
            case WakeUp: OnWake(); break;
            case ProbeEnded ended: Step(ended); break;
            case RegisterGroup register: _groups.Register(register.Group); break;
            case GroupLan lan when _groups.Learn(lan): Step(new OwnGreetingChanged()); break;
            case GroupLan: break;
            case GetCluster: Sender.Tell(Report()); break;
            default: Unhandled(message); break;
        }
    }

    private void OnWake()
    {
        _armed = Moment.Never;
        if (_intruder.Look(_strangers.Now.Count, IntruderText, _clock.Now) is { } alarm) _groups.Tell(alarm);
        _membership.TellBroken(_groups.Busy);
        Tick();
    }

    private void OnPeer(LinkMessage message)
    {
        switch (message)
        {
            case GreetingMessage greeting: OnGreeting(greeting); break;
            case KeepAliveMessage keepAlive:
                Step(new KeepAliveArrived(keepAlive.Stamp, keepAlive.WantsAnswer));
                ConsiderMembership(keepAlive.Stamp.Incarnation, keepAlive.Membership);
                break;
            case UnreadableMessage unreadable: _refused.Count(unreadable.Reason); break;
        }
    }

    private void OnTransport(RemotingLifecycleEvent happened)
    {
        switch (happened)
        {
            case AssociatedEvent { IsInbound: true } made when made.RemoteAddress.Equals(_peerAddress): Step(new PeerConnected()); break;
            case DisassociatedEvent lost: OnAssociation(lost, "the connection ended"); break;
            case AssociationErrorEvent failed: OnAssociation(failed, $"the connection failed: {failed.Cause.Message}"); break;
            case ThisActorSystemQuarantinedEvent: _membership.Break("the peer has quarantined this ActorSystem"); break;
        }
    }

    private void OnAssociation(AssociationEvent happened, string detail)
    {
        if (happened.RemoteAddress.Equals(_peerAddress)) Step(new AssociationLost(detail));
    }

    private void OnGreeting(GreetingMessage message)
    {
        var incarnation = message.Stamp.Incarnation;
        if (LinkMachine.IsReplaced(_state, incarnation))
        {
            _refused.Count("replaced-incarnation");
            return;
        }
        var obstacle = Obstacle(message.Greeting);
        _greeted = obstacle is null ? message.Greeting : null;
        _current = Sender;
        if (obstacle is null) _groups.Greet(message.Greeting);
        else _groups.Refuse(obstacle);
        Step(new GreetingArrived(message.Stamp, message.WantsAnswer, obstacle));
        ConsiderMembership(incarnation, message.Membership);
    }

    private string? Obstacle(Greeting greeting)
    {
        if (greeting.Node != _peer) return $"the node at {_peerAt} calls itself '{greeting.Node}', not '{_peer}': correct failover.node there or cluster.peers here";
        return ProtocolRange.Own.Agree(greeting.Protocol) is null
            ? $"{_peer} (version {greeting.Software}) speaks link protocol {greeting.Protocol}, this node {ProtocolRange.Own}: upgrade the older one"
            : null;
    }

    private void OnGroup(GroupMessage message)
    {
        if (_greeted is null || !LinkMachine.IsCurrent(_state, message.Incarnation))
        {
            _refused.Count(_greeted is null ? "not-greeted" : "replaced-incarnation");
            return;
        }
        Step(new TrafficArrived(message.Incarnation));
        var refusal = _payloads.Decode(message.Payload, out var unreadable) is { } payload ? _groups.Deliver(message.Group, payload) : unreadable;
        if (refusal is not null) _refused.Count(refusal);
    }

    private void Send(SendToPeer send)
    {
        _groups.Sending(send.Group, send.Payload);
        if (_state.Status != LinkStatus.Connected) return;
        if (_payloads.Encode(send.Payload, out var refusal) is { } payload) _current.Tell(new GroupMessage(_state.Incarnation, send.Group.Value, payload), Self);
        else _refused.Count(refusal);
    }

    private void Tick() => Step(new LinkTick(OwnMembership is { Member: true, KnowsOther: true }));

    private void Step(LinkInput input)
    {
        (_state, var effects) = LinkMachine.Step(_state, input, _clock.Now);
        foreach (var effect in effects) Run(effect);
        Arm();
    }

    private void Run(LinkEffect effect)
    {
        var self = Self;
        switch (effect)
        {
            case StartProbe probe:
                TcpProbe.Start(_peerAt, (outcome, detail) => self.Tell(new ProbeEnded(probe.Number, outcome, detail)));
                break;
            case ResetAssociation:
                // Without a uid nothing is quarantined: the endpoint is stopped and the address gated for half a second.
                ((IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider).Transport.Quarantine(_peerAddress, null);
                break;
            case SendGreeting greeting:
                var words = new Greeting(ProtocolRange.Own, _settings.Node, _software, _groups.Own);
                _peerLink.Tell(new GreetingMessage(greeting.Stamp, greeting.WantsAnswer, OwnMembership, words), self);
                break;
            case SendKeepAlive keepAlive:
                _peerLink.Tell(new KeepAliveMessage(keepAlive.Stamp, keepAlive.WantsAnswer, OwnMembership), self);
                break;
            case LinkAnnounced announced:
                _log.Info("cluster link: {0} is {1}: {2}", _peer, announced.Status.ToString().ToLowerInvariant(), announced.Detail);
                _groups.Announce(announced);
                break;
        }
    }

    /// <summary>One timer for the machine's next wake; not moved for a later one, which it then sets when it fires.</summary>
    private void Arm()
    {
        if (_state.NextWake >= _armed) return;
        _armed = _state.NextWake;
        var wait = _armed - _clock.Now;
        Timers.StartSingleTimer(WakeTimer, WakeUp.Instance, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private Membership OwnMembership => _membership.Own(_state.PeerIncarnation);

    private void ConsiderMembership(ulong incarnation, Membership place)
    {
        if (_state.Status != LinkStatus.Connected || !LinkMachine.IsCurrent(_state, incarnation)) return;
        _membership.Consider(place, incarnation, _groups.Busy, _groups.PeerBusy, _clock.Now);
    }

    private sealed class WakeUp
    {
        public static readonly WakeUp Instance = new();
    }

    private ClusterReport Report() => new(
        _settings.Node.Value,
        _settings.Cluster.Listen.ToString(),
        _membership.Members(),
        [
            new ClusterPeer(
                _peer.Value,
                _peerAt.ToString(),
                _state.Status,
                _greeted is { } greeting ? ProtocolRange.Own.Agree(greeting.Protocol) ?? 0 : 0,
                _greeted?.Software ?? "",
                _state.RoundTrip?.TotalMilliseconds,
                _groups.Differences,
                Refused()),
        ]);

    private IReadOnlyDictionary<string, long> Refused() => _strangers.Now.Count is > 0 and var count
        ? new SortedDictionary<string, long>(_refused.Snapshot().ToDictionary(), StringComparer.Ordinal) { [RefusedConnections.Reason] = count }
        : _refused.Snapshot();

    private string IntruderText() =>
        $"the cluster port refused certificates, the last from {_strangers.Now.Last}; if that is {_peer}, give it a certificate of this pair, else keep others from {_settings.Cluster.Listen} by a firewall";
}
