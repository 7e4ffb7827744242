using System.Collections.Immutable;
using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>
/// Looks at the server's files again and again: on the active they are what sessions are accepted by, and it tells the replica their
/// fingerprints; on the standby they must be the same, and a server must be able to start with them. A difference is an alarm before it is an outage.
/// </summary>
internal sealed class ContinuityActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(5);

    private readonly OpenVpnContext _context;
    private readonly string _file;
    private bool _serves;
    private string _checked = "";
    private IReadOnlyList<string> _options = [];
    private IReadOnlyList<string> _problems = [];

    /// <summary>Creates the actor.</summary>
    public ContinuityActor(OpenVpnContext context)
    {
        (_context, _file) = (context, context.Group.Service.OpenVpn!.ConfigFile);
        Receive<ServiceChanged>(change => _serves = change.IsStarted);
        Receive<LookAgain>(_ => Look());
        Receive<Found>(Take);
        Receive<Status.Failure>(_ => Again());
        Receive<GetContinuity>(_ => Sender.Tell(_problems));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Again();

    private void Again() => Timers.StartSingleTimer(LookAgain.Instance, LookAgain.Instance, Interval);

    private void Look() => Task.Run(LookAsync).PipeTo(Self);

    private async Task<Found> LookAsync()
    {
        var inspection = ServerInspector.Inspect(_file, DateTimeOffset.UtcNow);
        var config = inspection.Facts.Fingerprints.GetValueOrDefault("config", "");
        var options = config.Length == 0 || config == _checked ? _options : await OptionCheck.RunAsync(_context.Launcher, _context.Group.Service, _file, LongestCheck);
        var active = await _context.Replica.Ask<object>(new GetEntry(SessionFacts.Key), Patience);
        return new Found(inspection, config, options, active is EntryFound found ? SessionFacts.Decode(found.Value) : null);
    }

    private void Take(Found found)
    {
        // What was wrong may have been the machine's: it is asked again.
        (_checked, _options) = (found.Options.Count == 0 ? found.Config : "", found.Options);
        var (inspection, active) = (found.Inspection, found.Active);
        _problems = [.. inspection.Problems, .. found.Options, .. _serves || active is null || inspection.Config is null ? [] : inspection.Facts.DifferFrom(active)];
        if (_serves && inspection.Problems.Count == 0 && (active is null || inspection.Facts.DifferFrom(active).Any())) Tell(inspection.Facts);
        if (_problems.Count == 0) _context.Election.Tell(new ClearAlarm(AlarmKind.SessionContinuity));
        else _context.Election.Tell(new RaiseAlarm(AlarmKind.SessionContinuity, $"the OpenVPN server of {_file} {(_serves ? "would not start again as it is" : "would not accept the active's sessions after a failover")}: {string.Join("; ", _problems)}"));
        Again();
    }

    /// <summary>Nobody waits: what is not stored now is stored by the next look.</summary>
    private void Tell(SessionFacts facts) =>
        _context.Replica.Tell(new FoundChanges(ImmutableArray.Create(new KeyChange(SessionFacts.Key, facts.Encode())), OpenVpnContext.By), ActorRefs.NoSender);

    private sealed record Found(Inspection Inspection, string Config, IReadOnlyList<string> Options, SessionFacts? Active);

    private sealed record LookAgain
    {
        public static readonly LookAgain Instance = new();
    }
}
