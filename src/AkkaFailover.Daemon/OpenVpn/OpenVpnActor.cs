using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>
/// Follows the clients of a group's OpenVPN server; child of its service, which tells it <see cref="ServiceChanged"/>. What fails
/// here costs a user the ordinary time-out and nothing else: nobody waits for it.
/// </summary>
internal sealed class OpenVpnActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AlarmAfter = TimeSpan.FromSeconds(10);

    private readonly OpenVpnContext _context;
    private readonly OpenVpnSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<long> _restarts = [];
    private IReadOnlyList<VpnClient> _clients = [];
    private RecoveryModel _model = RecoveryModel.Idle;
    private ServerSession? _session;
    private ResetSender? _resets;
    private Moment _began;
    private Moment _answered;
    private Moment _nextLook = Moment.Never;
    private string _failure = "";
    private bool _looking;
    private bool _alarmed;
    private long _sent;

    /// <summary>Creates the actor.</summary>
    public OpenVpnActor(OpenVpnContext context)
    {
        (_context, _settings) = (context, context.Group.Service.OpenVpn!);
        var continuity = Context.ActorOf(Props.Create(() => new ContinuityActor(context)), "continuity");
        Receive<ServiceChanged>(change =>
        {
            continuity.Tell(change);
            Follow(change.IsStarted);
        });
        Receive<Known>(known => ReferenceEquals(known.Session, _session), known => Begin(known.Clients));
        Receive<Looked>(looked => ReferenceEquals(looked.Session, _session), looked => Take(looked.Listing));
        Receive<RecoveryInput>(Step);
        Receive<Wake>(_ => OnWake());
        Receive<GetOpenVpn>(_ =>
        {
            var report = Report();
            continuity.Ask<IReadOnlyList<string>>(new GetContinuity(), Patience).PipeTo(Sender, success: problems => report with { Problems = [.. report.Problems, .. problems] }, failure: _ => report);
        });
        Receive<Known>(_ => { });
        Receive<Looked>(_ => { }); // of a run of the server that is over
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PostStop() => End();

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.Parent.Tell(new ServiceChildRestarted());
    }

    private void Follow(bool serves)
    {
        if (serves == _session is not null) return;
        if (!serves)
        {
            End();
            Step(new RecoveryInput.Ended());
            return;
        }
        var session = _session = new ServerSession(_settings.ConfigFile);
        (_began, _answered, _sent) = (_context.Clock.Now, _context.Clock.Now, 0);
        _context.Replica.Ask<HeldEntries>(new GetHeld(), Patience).PipeTo(Self,
            success: held => new Known(session, [.. VpnClient.In(held.Entries)]),
            failure: _ => new Known(session, []));
    }

    private void Begin(IReadOnlyList<VpnClient> clients)
    {
        Step(new RecoveryInput.Began(clients));
        Look();
    }

    private void Look()
    {
        if (_looking || _session is not { } session) return;
        (_looking, _nextLook) = (true, Moment.Never);
        var restarts = _restarts.ToList();
        _restarts.Clear();
        Task.Run(() => session.LookAsync(restarts)).PipeTo(Self, success: listing => new Looked(session, listing), failure: e => new Looked(session, new Listing(null, e.Message)));
    }

    private void Take(Listing listing)
    {
        _looking = false;
        var now = _context.Clock.Now;
        _failure = listing.Failure ?? "";
        if (listing.Failure is null) Answered(now);
        else if (now - _answered > AlarmAfter) Alarm(listing.Failure);
        if (listing.Clients is { } clients)
        {
            if (_model.ReadyAt == Moment.Never) OpenResets();
            _clients = clients;
            Step(new RecoveryInput.Listed(clients));
        }
        if (_model.IsKickOver(now)) CloseResets();
        _nextLook = now + Pause(now);
        if (_restarts.Count > 0) Look();
        else Rest();
    }

    private void Answered(Moment now)
    {
        _answered = now;
        EndAlarm();
    }

    private void Alarm(string failure)
    {
        _alarmed = true;
        _context.Election.Tell(new RaiseAlarm(AlarmKind.ManagementLost, $"the OpenVPN server cannot be asked for its clients: {failure}; after a failover they wait for their time-out"));
    }

    /// <summary>The election is not told each second that all is well.</summary>
    private void EndAlarm()
    {
        if (_alarmed) _context.Election.Tell(new ClearAlarm(AlarmKind.ManagementLost));
        _alarmed = false;
    }

    /// <summary>Often while something is expected, else once a second.</summary>
    private TimeSpan Pause(Moment now)
    {
        if (_model.ReadyAt == Moment.Never) return now - _began < AlarmAfter ? TimeSpan.FromMilliseconds(20) : TimeSpan.FromSeconds(1);
        return _resets is not null && !_model.Awaited.IsEmpty ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1);
    }

    private void OpenResets()
    {
        if (!_settings.Kick || _model.Awaited.IsEmpty || _session?.Config is not { } config) return;
        _resets = ResetSender.Open(config, _context.Group, _context.Resets, DateTimeOffset.UtcNow, out var whyNot);
        if (_resets is null) Tell($"clients are not made to reconnect: {whyNot}");
        else if (_resets.WhyNoFilter.Length > 0) Tell($"a client that is gone may delay others by two seconds: {_resets.WhyNoFilter}");
    }

    private void CloseResets()
    {
        _resets?.Dispose();
        _resets = null;
    }

    private void Step(RecoveryInput input)
    {
        (_model, var outputs) = RecoveryMachine.Step(_model, input, _context.Clock.Now, _resets is not null);
        foreach (var output in outputs) Run(output);
        Rest();
    }

    private void Run(RecoveryOutput output)
    {
        switch (output)
        {
            case RecoveryOutput.SendReset reset:
                _sent++;
                if (_resets?.Send(reset.To) is { } failure) _log.Warning("a reset to {0} did not leave: {1}", reset.To, failure);
                break;
            case RecoveryOutput.Restart restart:
                _restarts.Add(restart.Client.Cid);
                break;
            case RecoveryOutput.Store store:
                _context.Replica.Ask<object>(new FoundChanges(store.Changes, OpenVpnContext.By), TimeSpan.FromMinutes(1))
                    .PipeTo(Self, success: answer => new RecoveryInput.Stored(answer is ChangeAcknowledged), failure: _ => new RecoveryInput.Stored(false));
                break;
            case RecoveryOutput.FirstClient first:
                _context.Election.Tell(new FirstClientSeen(_context.Clock.Now, $"{first.Client}"));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private void OnWake()
    {
        if (_context.Clock.Now >= _model.Due) Step(new RecoveryInput.Tick());
        if (_context.Clock.Now >= _nextLook) Look();
        Rest();
    }

    private void Rest()
    {
        var next = Moment.Min(_model.Due, _nextLook);
        if (next == Moment.Never) Timers.Cancel(Wake.Instance);
        else Timers.StartSingleTimer(Wake.Instance, Wake.Instance, next > _context.Clock.Now ? next - _context.Clock.Now : TimeSpan.Zero);
    }

    private void End()
    {
        _session?.Dispose();
        CloseResets();
        (_session, _looking, _nextLook, _failure, _clients) = (null, false, Moment.Never, "", []);
        _restarts.Clear();
        EndAlarm();
    }

    private void Tell(string text) => _context.Election.Tell(new Report("vpn", text));

    private OpenVpnReport Report() => new(
        _model.ReadyAt != Moment.Never, _clients, [.. _model.Awaited.Values.Select(awaited => awaited.Client)], _sent, _model.Restarted, _failure.Length > 0 ? [_failure] : []);

    private sealed record Known(ServerSession Session, IReadOnlyList<VpnClient> Clients);

    private sealed record Looked(ServerSession Session, Listing Listing);

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}

/// <summary>What the actors of a VPN server work with.</summary>
/// <param name="Group">The group; its service is an OpenVPN server.</param>
/// <param name="Clock">Time.</param>
/// <param name="Election">Gets alarms and reports.</param>
/// <param name="Replica">Holds the clients and the facts of the active.</param>
/// <param name="Launcher">Runs the server's own check of its options.</param>
/// <param name="Resets">What resets are sent with.</param>
internal sealed record OpenVpnContext(
    GroupSettings Group, IMonotonicClock Clock, IActorRef Election, IActorRef Replica, IProcessLauncher Launcher, ResetPorts Resets)
{
    /// <summary>Who makes their changes, for the log.</summary>
    public const string By = "openvpn";

    /// <summary>The actor of a group; null where its service is no OpenVPN server.</summary>
    public static Props? For(GroupSettings group, IMonotonicClock clock, IActorRef election, IActorRef replica, IProcessLauncher launcher, ResetPorts resets) =>
        group.Service.OpenVpn is null ? null : Props.Create(() => new OpenVpnActor(new OpenVpnContext(group, clock, election, replica, launcher, resets)));
}
