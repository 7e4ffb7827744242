using System.Net;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>One round of questions to hosts on the LAN, and who has answered.</summary>
/// <param name="peer">The peer's own address; null while it is not known.</param>
/// <param name="witnesses">The configured witnesses.</param>
/// <param name="neighbours">Others that were there lately.</param>
/// <param name="thorough">Neighbours were looked for, so nobody else could be asked.</param>
internal sealed class LanRound(IPAddress? peer, IReadOnlyList<IPAddress> witnesses, IReadOnlyList<IPAddress> neighbours, bool thorough)
{
    private readonly HashSet<IPAddress> _answered = [];

    /// <summary>Everybody who is asked, each once.</summary>
    public IReadOnlyList<IPAddress> Asked { get; } =
        [.. new[] { peer }.OfType<IPAddress>().Concat(witnesses).Concat(neighbours).Distinct()];

    /// <summary>Whether neighbours were looked for: then nobody else could have been asked.</summary>
    public bool Thorough => thorough;

    /// <summary>Nobody else can answer.</summary>
    public bool IsComplete => _answered.Count == Asked.Count;

    /// <summary>What was heard so far.</summary>
    public LanReport Report
    {
        get
        {
            var heardPeer = peer is not null && _answered.Contains(peer);
            return new LanReport(heardPeer, _answered.Count - (heardPeer ? 1 : 0), witnesses.Count, witnesses.Count(_answered.Contains));
        }
    }

    /// <summary>Somebody answered; who was not asked does not count.</summary>
    public void Answered(IPAddress address)
    {
        if (Asked.Contains(address)) _answered.Add(address);
    }
}
