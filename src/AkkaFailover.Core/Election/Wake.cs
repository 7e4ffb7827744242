namespace AkkaFailover.Core.Election;

/// <summary>The first of the moments that are still to come.</summary>
internal struct Wake(Moment now, Moment first)
{
    public Moment First { get; private set; } = first;

    public void At(Moment moment)
    {
        if (moment > now && moment < First) First = moment;
    }

    public void At(Moment? since, TimeSpan wait)
    {
        if (since is { } from) At(from + wait);
    }
}
