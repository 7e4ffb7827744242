using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>What one host has sent and the other one has not heard yet: how old the newest is that it knows.</summary>
public sealed class Silence
{
    private readonly Queue<Moment> _missing = new();

    /// <summary>When the first frame was sent that has not arrived, nor any later one; null where none is missing.</summary>
    public Moment? Since => _missing.TryPeek(out var first) ? first : null;

    /// <summary>A frame is sent, and does not arrive, or not at once.</summary>
    public void Misses(Moment sent) => _missing.Enqueue(sent);

    /// <summary>A frame arrives: what is missing before it tells nothing more.</summary>
    public void Hears(Moment sent)
    {
        while (_missing.TryPeek(out var first) && first <= sent) _missing.Dequeue();
    }

    /// <summary>What was tried so far says nothing any more.</summary>
    public void Forget() => _missing.Clear();
}
