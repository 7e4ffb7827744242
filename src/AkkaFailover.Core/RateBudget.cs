namespace AkkaFailover.Core;

/// <summary>Lets so many things happen in each second and counts the others. Used by one thread at a time.</summary>
/// <param name="perSecond">How many.</param>
public sealed class RateBudget(int perSecond)
{
    private Moment _until;
    private int _left;
    private long _refused;

    /// <summary>How many were refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Whether one more may happen.</summary>
    public bool Take(Moment now)
    {
        if (now >= _until)
        {
            _until = now + TimeSpan.FromSeconds(1);
            _left = perSecond;
        }
        if (_left-- > 0) return true;
        _left = 0;
        Volatile.Write(ref _refused, _refused + 1);
        return false;
    }
}
