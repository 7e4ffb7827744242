using Akka.Actor;
using AkkaFailover.Core;

namespace AkkaFailover.Daemon.Groups;

/// <summary>One verification: looks at the kernel, asks the LAN, answers and ends.</summary>
public sealed class VipVerifier : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(300);

    private readonly VipContext _context;
    private readonly bool _expected;
    private readonly IActorRef _asker;
    private readonly HashSet<AddressHeardElsewhere> _answers = [];
    private NeighbourPorts? _ports;

    /// <summary>Creates the actor.</summary>
    /// <param name="context">What to look with.</param>
    /// <param name="expected">Whether this node should hold the addresses.</param>
    /// <param name="asker">Gets the <see cref="VipVerification"/>.</param>
    public VipVerifier(VipContext context, bool expected, IActorRef asker)
    {
        _context = context;
        _expected = expected;
        _asker = asker;
        Receive<AddressHeardElsewhere>(answer => _answers.Add(answer));
        Receive<AnswersDue>(_ => Answer());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _ports = new NeighbourPorts(_context.Addresses, _context.OpenPort, answer => self.Tell(answer));
        _ports.Probe();
        Timers.StartSingleTimer(nameof(AnswersDue), new AnswersDue(), AnswerWithin);
    }

    /// <inheritdoc/>
    protected override void PostStop() => _ports?.Dispose();

    private void Answer()
    {
        var rows = _context.Addresses.Select(Row).ToList();
        _asker.Tell(new VipVerification(rows.All(AsItShouldBe), rows));
        Context.Stop(Self);
    }

    private VipRow Row(VirtualAddress address)
    {
        var presence = _context.Kernel.Look(address);
        var stations = _answers.Where(a => a.Address.Equals(address.Address)).Select(a => a.Station.ToString()).Distinct().Order().ToList();
        return new VipRow(address.ToString(), address.Interface, _expected, presence.Present, presence.ValidSeconds, stations);
    }

    // Where it is not expected here, one other station may have it: the active's.
    private bool AsItShouldBe(VipRow row) => row.Present == _expected && row.AnsweredBy.Count <= (_expected ? 0 : 1);

    private sealed record AnswersDue;
}
