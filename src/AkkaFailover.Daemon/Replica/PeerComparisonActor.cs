using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// Asks the other half for all that it holds, compares, answers and stops. While changes are on their way the two are never at the same
/// version for long: it compares again, some times, until they are.
/// </summary>
internal sealed class PeerComparisonActor : ReceiveActor, IWithTimers
{
    /// <summary>Entries that are taken from the peer: ten times as many as a replica is made for.</summary>
    private const int MaxEntries = 10_000_000;

    private const int MaxAttempts = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly GroupName _group;
    private readonly NodeName _peer;
    private readonly ulong _request;
    private readonly IActorRef _link;
    private readonly IActorRef _asker;
    private readonly List<EntryMark> _theirs = [];
    private int _page;
    private int _attempts;
    private Mark _end;

    public PeerComparisonActor(GroupName group, NodeName peer, ulong request, IActorRef link, IActorRef asker)
    {
        (_group, _peer, _request, _link, _asker) = (group, peer, request, link, asker);
        Receive<EntriesTold>(Take);
        Receive<HeldEntries>(Compare);
        Receive<Again>(_ => Begin());
        Receive<ReceiveTimeout>(_ => Conclude(new PeerSilent($"{_peer} did not say what it holds within {Patience.TotalSeconds:0} s: failoverctl cluster show tells of the link")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(GroupName group, NodeName peer, ulong request, IActorRef link, IActorRef asker) =>
        Akka.Actor.Props.Create(() => new PeerComparisonActor(group, peer, request, link, asker));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(Patience);
        Begin();
    }

    private void Begin()
    {
        _theirs.Clear();
        _page = 0;
        _attempts++;
        Ask();
    }

    private void Ask() => _link.Tell(new SendToPeer(_group, new EntriesAsked(_request, _page)));

    private void Take(EntriesTold told)
    {
        if (told.Page != _page)
            return;
        _theirs.AddRange(told.Rows);
        _end = told.End;
        _page++;
        if (_theirs.Count > MaxEntries)
            Conclude(new PeerSilent($"{_peer} says that it holds more than {MaxEntries} keys"));
        else if (told.Last)
            Context.Parent.Tell(new GetHeld());
        else
            Ask();
    }

    private void Compare(HeldEntries ours)
    {
        if (ours.End != _end && _attempts < MaxAttempts)
        {
            Timers.StartSingleTimer(Again.Instance, Again.Instance, Pause);
            return;
        }
        var differences = EntryComparison.Between(ours.Entries.Select(pair => EntryMark.Of(pair.Key, pair.Value)), _theirs);
        var keys = _theirs.Count + differences.Count(difference => difference.Theirs is null);
        Conclude(new PeerCompared(ours.End, _end, keys, differences));
    }

    private void Conclude(object answer)
    {
        _asker.Tell(answer);
        Context.Stop(Self);
    }

    private sealed class Again
    {
        public static readonly Again Instance = new();
    }
}
