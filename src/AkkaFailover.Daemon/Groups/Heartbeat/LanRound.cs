using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>One round of questions to hosts on the LAN, and who has answered.</summary>
/// <param name="peer">The peer's own address; null while it is not known.</param>
/// <param name="witnesses">The configured witnesses.</param>
/// <param name="until">When it ends, if everybody has been asked often enough by then.</param>
internal sealed class LanRound(IPAddress? peer, IReadOnlyList<IPAddress> witnesses, Moment until)
{
    private readonly HashSet<IPAddress> _asked = [.. new[] { peer }.OfType<IPAddress>().Concat(witnesses)];
    private readonly HashSet<IPAddress> _answered = [];

    /// <summary>When it ends, if everybody has been asked often enough by then.</summary>
    public Moment Until { get; private set; } = until;

    /// <summary>How often those who have not answered were asked, since the neighbours are asked too.</summary>
    public int Times { get; set; }

    /// <summary>Neighbours are asked too: then nobody else could be.</summary>
    public bool Thorough { get; private set; }

    /// <summary>Everybody who has been asked and has not answered yet.</summary>
    public IEnumerable<IPAddress> Unanswered => _asked.Except(_answered);

    /// <summary>Nobody is known yet who could be asked.</summary>
    public bool AsksNobody => _asked.Count == 0;

    /// <summary>Nobody else can answer.</summary>
    public bool IsComplete => _answered.Count == _asked.Count;

    /// <summary>What was heard so far.</summary>
    public LanReport Report
    {
        get
        {
            var heardPeer = peer is not null && _answered.Contains(peer);
            return new LanReport(heardPeer, _answered.Count - (heardPeer ? 1 : 0), witnesses.Count, witnesses.Count(_answered.Contains))
            {
                OthersAsked = _asked.Count - (peer is null ? 0 : 1),
            };
        }
    }

    /// <summary>Asks neighbours too, who have a whole window to answer.</summary>
    public void Widen(IEnumerable<IPAddress> neighbours, Moment until)
    {
        (Thorough, Until, Times) = (true, until, 0);
        _asked.UnionWith(neighbours);
    }

    /// <summary>Somebody answered; who was not asked does not count.</summary>
    public void Answered(IPAddress address)
    {
        if (_asked.Contains(address)) _answered.Add(address);
    }
}
