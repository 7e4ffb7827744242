using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>
/// The LAN: besides the path between the hosts it has a port for each of them, behind which are all others: clients, neighbours and the witness.
/// A port that is cut is a cable that is cut silently: the carrier stays.
/// </summary>
public sealed class Lan(World world) : Path(world, "lan")
{
    // The router, and one host more; the round asks again and again while it lasts.
    private const int Others = 2, Tries = 5;
    private readonly bool[] _deaf = new bool[2];
    private readonly bool[] _mute = new bool[2];
    private readonly bool[] _witnessGone = new bool[2];
    private Moment _filteredUntil = Moment.Zero;

    /// <summary>Adverts are filtered, everything else passes (a broken multicast).</summary>
    public bool AdvertsFiltered
    {
        get;
        set
        {
            if (field) _filteredUntil = World.Now;
            field = value;
            World.Happens($"{Name} {(value ? "filters" : "passes")} adverts");
        }
    }

    /// <summary>The router, which is the witness, is there for a host.</summary>
    public void SetWitness(int host, bool there)
    {
        _witnessGone[host] = !there;
        World.Happens($"witness {(there ? "there" : "gone")} for {World.Nodes[host].Name}");
    }

    /// <summary>Whether the witness can answer a host.</summary>
    public bool ReachesWitness(Host host) => !_witnessGone[host.Index] && ReachesOthers(host);

    /// <summary>What a host's port lets through.</summary>
    public void SetPort(int host, bool hears, bool isHeard)
    {
        (_deaf[host], _mute[host]) = (!hears, !isHeard);
        World.Happens($"{Name} {World.Nodes[host].Name} {(hears ? "hears" : "is deaf")}, {(isHeard ? "is heard" : "is mute")}");
    }

    /// <summary>Adverts that are filtered break it only where the address itself is not asked for, or the answer is too late.</summary>
    public override bool Whole => base.Whole && (!AdvertsFiltered || AnswersTell) && ReachesOthers(World.Nodes[0]) && ReachesOthers(World.Nodes[1]);

    /// <summary>Adverts that were filtered in the last deadline, or that no process sends any more while its kernel keeps the address, leave a silence that answers which are too late do not end.</summary>
    public override bool IsOut =>
        base.IsOut || (AnswersAreLate && (World.Now - _filteredUntil < World.Timing.Deadline || World.Nodes.Any(node => node.KernelAnswers)));

    public override bool IsClear => base.IsClear && !AdvertsFiltered;

    private bool AnswersTell => World.Traits.ProbeAddress && !AnswersAreLate;

    /// <summary>The address is asked for from 1.5 intervals of silence on: what takes longer than from then to the deadline tells nothing in time. Where frames are lost ten answers must be possible in it, for ten in a row must be missing.</summary>
    private bool AnswersAreLate =>
        RoundTrip > TimeSpan.Zero && RoundTrip >= World.Timing.Deadline - (World.Timing.Interval * 1.5) - (Loss > 0 ? TenQuestions : TimeSpan.Zero);

    private TimeSpan TenQuestions => TimeSpan.FromMilliseconds(Math.Min(World.Timing.Interval.TotalMilliseconds / 4, 20) * 10);

    public override void Heal()
    {
        for (var host = 0; host < 2; host++) (_deaf[host], _mute[host], _witnessGone[host]) = (false, false, false);
        AdvertsFiltered = false;
        base.Heal();
    }

    /// <summary>Whether frames can pass between a host and everybody who is not the other host, both ways.</summary>
    public bool ReachesOthers(Host host) => host.Carrier && !_deaf[host.Index] && !_mute[host.Index];

    /// <summary>Whether questions and answers can pass between the two hosts.</summary>
    public bool ReachesPeer(Host host) => Joins(host) && Joins(World.Other(host));

    /// <summary>Nothing on the LAN reaches the host, while its adverts reach the other one.</summary>
    public bool IsHeardOnly(Host host) => _deaf[host.Index] && host.CanSend(this) && Carries(host, advert: true);

    /// <summary>Whether the witness answers one question.</summary>
    public bool WitnessAnswers(Host host) => !_witnessGone[host.Index] && AnotherAnswers(host);

    /// <summary>What a round of questions hears, and after how long: a regular one asks others only where neither the peer nor the witness answers.</summary>
    public (LanReport Report, TimeSpan After) Ask(Host from, bool thorough)
    {
        var peer = Again(() => PeerAnswers(from)) && RoundTrip < ElectionSettings.NeighbourWindow; // later ones count for nothing
        var witness = World.Traits.Witness && Again(() => WitnessAnswers(from));
        var known = World.Traits.Witness ? 1 : 0;
        var asked = thorough || !(peer || witness) ? Others : known;
        var others = Enumerable.Range(known, Others - known).Count(_ => asked == Others && Again(() => AnotherAnswers(from))) + (witness ? 1 : 0);
        var report = new LanReport(peer, others, known, witness ? 1 : 0) { OthersAsked = asked };
        var window = ElectionSettings.NeighbourWindow.TotalMilliseconds;
        var at = !report.HearsSomebody ? World.Between(window, window + (thorough ? 10 : 110)) : thorough || peer ? World.Between(0.5, 60) : World.Between(100, 160);
        return (report, peer ? at + RoundTrip : at);
    }

    /// <summary>One question to the other host's kernel, which may have an answer.</summary>
    public void Ask(Host from, Func<bool> answers, bool tells, Action answered)
    {
        var to = World.Other(from);
        if (Passes(from, tells: false)) WhenThere(from, () =>
        {
            if (answers() && Passes(to, tells: tells)) WhenThere(to, answered);
        });
    }

    /// <summary>Whether the other host answers one question for its own address.</summary>
    private bool PeerAnswers(Host from) => Passes(from, tells: false) && World.Other(from).CanSend(this) && Passes(World.Other(from), tells: false);

    protected override bool Carries(Host from, bool advert) =>
        base.Carries(from, advert) && !_mute[from.Index] && !_deaf[1 - from.Index] && !Filters(advert);

    protected override bool Filters(bool advert) => advert && AdvertsFiltered;

    protected override bool Tells(bool advert) => advert || AnswersTell;

    private bool Joins(Host host) => Carries(host, advert: false) && host.CanSend(this);

    private bool AnotherAnswers(Host host) => ReachesOthers(host) && !World.Chance(Loss) && !World.Chance(Loss);

    private static bool Again(Func<bool> answers) => Enumerable.Range(0, Tries).Any(_ => answers());
}
