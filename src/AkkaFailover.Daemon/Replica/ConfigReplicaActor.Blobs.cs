using Akka.Actor;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Large contents: no entry that names one gets to the machine before the content is on this node's disk.</summary>
public sealed partial class ConfigReplicaActor
{
    private readonly ContentGate _gate;
    private readonly IActorRef _blobs;
    private bool _peerCounts;

    /// <summary>Takes what is about contents, and what may have to wait for one.</summary>
    /// <returns>False for everything else.</returns>
    private bool TakeContent(object message)
    {
        switch (message)
        {
            case FromPeer { Payload: ReplicaSays says }: Hear(_gate.Take(says.Message)); return true;
            case FromPeer { Payload: BlobOffer offer } when !_replica.Leads: Want(offer.Key, offer.Blob, offered: true); return true;
            case FromPeer { Payload: BlobOffer }: return true;
            case FromPeer { Payload: BlobPayload said }: _blobs.Tell(said); return true;
            case BlobSettled settled: Hear(_gate.Settle(settled.Blob, settled.Here)); return true;
            case LinkChanged link: OnLink(link); return true;
            case ChangeRequest request when ContentOf(request) is { } named: _blobs.Forward(new ContentProposed(request, named.Key, named.Blob)); return true;
            case ContentReady ready: Change(ready.Request, ready.Asker); return true;
            // Before the journal has been read it names nothing, which would be no reason to remove anything.
            case NameContents when _replica.Mode is not (ReplicaMode.Recovering or ReplicaMode.Broken):
                Sender.Tell(new ContentsNamed(_replica.State, [.. _gate.Named]));
                return true;
            case NameContents: return true;
            case TransfersShown shown: _paths?.Tell(shown); return true;
            default: return false;
        }
    }

    private void OnLink(LinkChanged link)
    {
        _gate.Clear();
        _blobs.Tell(link);
        Step(new PeerLink(link.Status));
    }

    private void Hear(IReadOnlyList<ReplicaMessage> messages)
    {
        foreach (var message in messages)
            Step(new PeerSaid(message));
        foreach (var (key, blob) in _gate.TakeWanted())
            Want(key, blob, offered: false);
    }

    private void Want(string key, BlobRef blob, bool offered) =>
        _blobs.Tell(new WantBlob(blob, key, NamedBlobs.In(key, _replica.State.Entries.GetValueOrDefault(key)?.Value), offered));

    private static (string Key, BlobRef Blob)? ContentOf(ChangeRequest request) => request switch
    {
        ChangeEntry entry when NamedBlobs.In(entry.Key, entry.Value) is { } blob => (entry.Key, blob),
        FoundChanges { Changes: [var only] } when NamedBlobs.In(only.Key, only.Value) is { } blob => (only.Key, blob),
        _ => null,
    };

    private void ShowBlobs()
    {
        var counts = _replica.Leads && _replica.State.InSync.Contains(_rules.Peer);
        if (counts == _peerCounts)
            return;
        _peerCounts = counts;
        _blobs.Tell(new PeerCounts(counts));
    }
}
