using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>The paths around one node: what arrives on them each interval, and who answers its questions.</summary>
internal sealed class LanRig(Scenario node)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Regularly = TimeSpan.FromSeconds(1);
    private Moment _nextFrames = node.Now;
    private readonly Queue<Moment> _answers = [];
    private Moment _nextRound = node.Now;
    private Moment? _roundEnds;

    /// <summary>The peer's beat; null while the cluster link is cut.</summary>
    public PeerBeat? Beat { get; set; }

    /// <summary>The term of the peer's adverts; null while none arrive.</summary>
    public uint? Advert { get; set; }

    /// <summary>What a round over the neighbours hears.</summary>
    public LanReport Lan { get; set; } = Hears(peer: true, others: 2);

    /// <summary>A witness answers this node.</summary>
    public bool Witness { get; set; }

    /// <summary>After how long.</summary>
    public TimeSpan WitnessTakes { get; init; }

    /// <summary>The peer's LAN address answers this node.</summary>
    public bool PeerAnswers { get; set; }

    /// <summary>Of three others that are asked.</summary>
    public static LanReport Hears(bool peer, int others) => new(peer, others, 0, 0) { OthersAsked = 3 };

    /// <summary>Lets time pass until the node leaves its role, and gives how long that took; the whole time where it stays.</summary>
    public TimeSpan Run(double milliseconds)
    {
        var (begin, role) = (node.Now, node.Role);
        while (node.Now - begin < TimeSpan.FromMilliseconds(milliseconds) && node.Role == role) Advance();
        return node.Now - begin;
    }

    private void Advance()
    {
        var asked = node.Effects.Count;
        node.Wait(Step.TotalMilliseconds);
        if (node.Now >= _nextFrames)
        {
            _nextFrames = node.Now + node.Settings.Timing.Interval;
            if (Advert is { } term) node.Advert(term);
            if (Beat is { } beat) node.Beat(beat);
        }
        // Where witnesses are configured the answers of each second's round are told at once, too.
        if (node.Now >= _nextRound && node.Settings.HasWitnesses)
        {
            _nextRound = node.Now + Regularly;
            if (Witness) node.Input(new LanContact(Witness: true));
            if (PeerAnswers) node.Input(new LanContact(Witness: false));
        }
        if (_roundEnds is { } end && node.Now >= end)
        {
            _roundEnds = null;
            node.Input(new NeighboursReported(Lan));
        }
        var effects = node.Effects.Skip(asked).ToList();
        if (effects.OfType<ProbeNeighbours>().Any()) _roundEnds ??= node.Now + ElectionSettings.NeighbourWindow;
        var contacts = effects.OfType<AskContacts>().Any();
        if (contacts && Witness) _answers.Enqueue(node.Now + WitnessTakes);
        while (_answers.TryPeek(out var due) && due <= node.Now)
        {
            _answers.Dequeue();
            node.Input(new LanContact(Witness: true));
        }
        if ((contacts || effects.OfType<AskPeer>().Any()) && PeerAnswers) node.Input(new LanContact(Witness: false));
    }
}
