using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>
/// The large contents of one group, child of its replica: serves them to the peer, offers them to it before a change that names one is ordered, has those
/// fetched that this node needs, and removes those that nobody names any more.
/// </summary>
internal sealed class BlobsActor : ReceiveActor, IWithTimers
{
    /// <summary>Questions of the peer that are answered at once; more than it may ask.</summary>
    private const int MaxServed = 2 * BlobRules.MaxAsks;

    /// <summary>Then whoever proposed it is told so, and may propose it anew; what the peer has of it stays there.</summary>
    public static readonly TimeSpan LongestOffer = TimeSpan.FromHours(1);

    private static readonly TimeSpan OfferInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly GroupName _group;
    private readonly IBlobStore _store;
    private readonly IMonotonicClock _clock;
    private readonly IActorRef _link;
    private readonly IActorRef _fetch;
    private readonly List<Offer> _offers = [];
    private Task _verification = Task.CompletedTask;
    private bool _peerCounts;
    private int _served;

    public BlobsActor(GroupName group, IBlobStore store, IMonotonicClock clock, IActorRef link)
    {
        (_group, _store, _clock, _link) = (group, store, clock, link);
        var replica = Context.Parent;
        _fetch = Context.ActorOf(Props.Create(() => new BlobFetchActor(group, store, clock, link, replica)), "fetch");
        Receive<BlobAsk>(Serve);
        Receive<Served>(OnServed);
        Receive<BlobAnswer>(answer => _fetch.Tell(answer));
        Receive<WantBlob>(want => _fetch.Tell(want));
        Receive<ContentProposed>(Propose);
        Receive<PeerCounts>(counts =>
        {
            _peerCounts = counts.Value;
            if (!_peerCounts) Release(_ => true);
        });
        Receive<BlobHave>(have => Release(offer => offer.Content.Blob == have.Blob));
        Receive<BlobRefused>(OnRefused);
        Receive<LinkChanged>(link =>
        {
            _fetch.Tell(link);
            if (link.Status == LinkStatus.Connected) OfferAll();
        });
        Receive<OfferAgain>(_ => OfferAll());
        Receive<SweepDue>(_ => Context.Parent.Tell(new NameContents()));
        Receive<ContentsNamed>(Sweep);
        Receive<Counted>(OnCounted);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(SweepDue), new SweepDue(), SweepInterval, SweepInterval);

    protected override void PostStop()
    {
        foreach (var offer in _offers) offer.Asker.Tell(new ChangeRefused(offer.Content.Key, "the daemon stops"));
    }

    private void Serve(BlobAsk ask)
    {
        if (_served >= MaxServed) return; // it asks again
        _served++;
        Task.Run(() => BlobServing.Answer(_store, ask)).PipeTo(Self, success: answer => new Served(answer), failure: _ => new Served(new BlobMissing(ask.Blob)));
    }

    private void OnServed(Served served)
    {
        _served--;
        Tell(served.Answer);
    }

    /// <summary>Only a change whose content this node has, and with a peer that counts only one that the peer has, is ordered.</summary>
    private void Propose(ContentProposed content)
    {
        if (!_store.Has(content.Blob))
        {
            Sender.Tell(new ChangeRefused(content.Key, "its content is not on this node: where the other node has it, it is being fetched; try again"));
            return;
        }
        if (!_peerCounts)
        {
            Context.Parent.Tell(new ContentReady(content.Request, Sender));
            return;
        }
        // Whoever proposes a key anew has given the older content up.
        Withdraw(offer => offer.Content.Key == content.Key, "a newer content of the same key was proposed");
        _offers.Add(new Offer(content, Sender, _clock.Now));
        Tell(new BlobOffer(content.Blob, content.Key));
        if (!Timers.IsTimerActive(nameof(OfferAgain))) Timers.StartPeriodicTimer(nameof(OfferAgain), new OfferAgain(), OfferInterval, OfferInterval);
    }

    /// <summary>What it cannot take may be damaged here: then the next try reads the file anew.</summary>
    private void OnRefused(BlobRefused refused)
    {
        // One at a time: it may be a gigabyte.
        if (_verification.IsCompleted) _verification = Task.Run(() => _store.Verify(refused.Blob)).ContinueWith(verified => verified.Exception, TaskScheduler.Default);
        Withdraw(offer => offer.Content.Blob == refused.Blob, $"the other node cannot take its content: {refused.Reason}");
    }

    private void Release(Predicate<Offer> which)
    {
        foreach (var offer in _offers.FindAll(which)) Context.Parent.Tell(new ContentReady(offer.Content.Request, offer.Asker));
        Forget(which);
    }

    private void Withdraw(Predicate<Offer> which, string reason)
    {
        foreach (var offer in _offers.FindAll(which)) offer.Asker.Tell(new ChangeRefused(offer.Content.Key, reason));
        Forget(which);
    }

    private void Forget(Predicate<Offer> which)
    {
        _offers.RemoveAll(which);
        if (_offers.Count == 0) Timers.Cancel(nameof(OfferAgain));
    }

    private void OfferAll()
    {
        var now = _clock.Now;
        Withdraw(offer => now - offer.Since > LongestOffer, "the other node did not get its content in time");
        foreach (var offer in _offers) Tell(new BlobOffer(offer.Content.Blob, offer.Content.Key));
    }

    /// <summary>What is named, and what of it is not here (a file of the folder that was lost, or the content of a conflict of the other node), takes a walk through all entries.</summary>
    private void Sweep(ContentsNamed named)
    {
        var (state, store) = (named.State, _store);
        HashSet<BlobRef> waiting = [.. named.Waiting, .. _offers.Select(offer => offer.Content.Blob)];
        Task.Run(() =>
        {
            var keep = NamedBlobs.Kept(state);
            keep.UnionWith(waiting);
            return new Counted(keep, [.. NamedBlobs.Needed(state).Where(needed => !store.Has(needed.Blob))]);
        }).PipeTo(Self);
    }

    private void OnCounted(Counted counted)
    {
        _fetch.Tell(new SweepBlobs(counted.Keep));
        foreach (var (key, blob) in counted.Missing) _fetch.Tell(new WantBlob(blob, key, null, Offered: false));
    }

    private void Tell(BlobPayload payload) => _link.Tell(new SendToPeer(_group, payload));

    private sealed record Offer(ContentProposed Content, IActorRef Asker, Moment Since);

    /// <param name="Answer">Of what the disk does not give, that it is not here: somebody waits for it.</param>
    private sealed record Served(BlobAnswer Answer);

    private sealed record OfferAgain;

    private sealed record SweepDue;

    private sealed record Counted(HashSet<BlobRef> Keep, IReadOnlyList<(string Key, BlobRef Blob)> Missing);
}
