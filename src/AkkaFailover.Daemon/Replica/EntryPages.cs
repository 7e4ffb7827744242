using System.Collections.Immutable;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Tells the other half what is held, page by page and all of it as of one moment; one question at a time, the newest.</summary>
internal sealed class EntryPages
{
    /// <summary>Most rows of a page: with the longest keys some 600 KB.</summary>
    public const int MaxRows = 1_024;

    private IEnumerator<EntryMark[]> _pages = Enumerable.Empty<EntryMark[]>().GetEnumerator();
    private ulong _request;
    private int _next;
    private Mark _end;
    private EntryMark[] _page = [];

    /// <summary>The answer to a question; null where it is not the next page of the one under way.</summary>
    public EntriesTold? Answer(EntriesAsked asked, ReplicaNode replica)
    {
        if (asked.Page == 0)
            Begin(asked.Request, replica);
        if (asked.Request != _request || asked.Page != _next)
            return null;
        var page = _page;
        var last = !_pages.MoveNext();
        _page = last ? [] : _pages.Current;
        _next = last ? 0 : _next + 1;
        return new EntriesTold(asked.Request, asked.Page, _end, ImmutableArray.Create(page), last);
    }

    private void Begin(ulong request, ReplicaNode replica)
    {
        (_request, _next, _end) = (request, 0, replica.MarkAt(replica.State.Last));
        _pages = replica.State.Held().Select(pair => EntryMark.Of(pair.Key, pair.Value)).Chunk(MaxRows).GetEnumerator();
        _page = _pages.MoveNext() ? _pages.Current : [];
    }
}
