using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

/// <summary>
/// Two replicas, their disks, the link between them, clients and an election that only makes claims without stated loss; all under one seed.
/// </summary>
internal sealed class PairSimulation
{
    private readonly PriorityQueue<Action, (long At, long Order)> _agenda = new();
    private readonly Dictionary<long, (string Key, SimulatedNode Node)> _asked = [];
    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly HashSet<string> _refused = [];
    private readonly Dictionary<long, int> _batches = [];
    private readonly SimulatedNode[] _nodes;
    private readonly long[] _lastDelivery = [0, 0];
    private (string Key, Mark Mark) _lastAcknowledged;
    private Term _term;
    private long _nanoseconds = 1_000_000_000;
    private long _order;
    private long _requests;
    private long _link;
    private bool _connected;
    private bool _quiet;

    public PairSimulation(int seed, AcknowledgeMode acknowledge)
    {
        Chance = new Random(seed);
        _nodes =
        [
            new SimulatedNode(this, "a", "b", acknowledge, TimeSpan.Zero),
            new SimulatedNode(this, "b", "a", acknowledge, TimeSpan.FromSeconds(Chance.Next(0, 1000))),
        ];
    }

    public Random Chance { get; }

    public Moment Now => new(_nanoseconds);

    public DateTimeOffset Wall => DateTimeOffset.UnixEpoch.AddYears(50).AddTicks(_nanoseconds / 100);

    public int Acknowledgements => _acknowledged.Count;

    public (int All, int Installed) Snapshots => (_nodes.Sum(n => n.Snapshots.All), _nodes.Sum(n => n.Snapshots.Installed));

    public void After(int milliseconds, Action action) => _agenda.Enqueue(action, (_nanoseconds + (milliseconds * 1_000_000L), _order++));

    /// <summary>Faults and writes for some seconds, then peace, then everything must be there.</summary>
    public void Run(TimeSpan trouble)
    {
        foreach (var node in _nodes)
            node.Start();
        Connect();
        Every(50, Elect);
        for (var client = 0; client < 4; client++)
            Every(Chance.Next(5, 60), Write);
        Every(400, Trouble);
        RunFor(trouble);
        _quiet = true;
        foreach (var node in _nodes)
        {
            node.DiskWorksAgain = Moment.Zero;
            if (node.Replica is null)
                node.Start();
        }
        RunFor(TimeSpan.FromSeconds(2));
        Connect();
        RunFor(TimeSpan.FromSeconds(20));
        Conclude();
    }

    public void Carry(SimulatedNode from, ReplicaMessage message)
    {
        // A message never ends within a batch: whoever has a part of one would commit it in a claim.
        if (message is Append { Changes: [.., var last] })
            Assert.DoesNotContain(from.Replica!.State.After(last.Version).Take(1), next => next.Change.At == last.At);
        var (to, link, direction) = (Other(from), _link, from == _nodes[0] ? 0 : 1);
        if (!_connected || (!_quiet && Chance.Next(200) == 0))
            return;
        // One link keeps the order. A message of a link that has ended may still come, and much later: nothing may depend on it.
        var late = !_quiet && Chance.Next(100) == 0;
        var at = Math.Max(_lastDelivery[direction], _nanoseconds + Chance.Next(100_000, late ? 400_000_000 : 3_000_000));
        _lastDelivery[direction] = late ? _lastDelivery[direction] : at;
        var run = to.Run;
        _agenda.Enqueue(
            () =>
            {
                if (run == to.Run && late == (link != _link))
                    to.Step(new PeerSaid(message));
            },
            (at, _order++));
    }

    public void Answered(SimulatedNode node, Answer answer)
    {
        var (key, asked) = _asked[answer.Request];
        Assert.True(_asked.Remove(answer.Request));
        Assert.Same(asked, node);
        if (answer.Outcome is Refused refused)
        {
            if (!refused.Uncertain)
                _refused.Add(key);
            return;
        }
        var (version, replicated) = (Acknowledged)answer.Outcome;
        // The step that acknowledged it may have made a snapshot of it, and of what is not acknowledged yet.
        var mark = new Mark(version, version >= node.Replica!.State.Start.Version ? node.Replica.State.DigestAt(version) : Digest.None);
        _acknowledged.Add(key, version);
        Assert.True(version > _lastAcknowledged.Mark.Version, $"version {version} acknowledged after {_lastAcknowledged.Mark}");
        Assert.True(HasLast(node.Replica.State), "an active without an acknowledged change");
        Assert.True(Has(node.Disk, key, mark), "acknowledged before it was on the active's disk");
        Assert.True(!replicated || Has(Other(node).Disk, key, mark), "said to be replicated, and not on the other disk");
        _lastAcknowledged = (key, mark);
    }

    private bool HasLast(ReplicaState state) => _lastAcknowledged.Key is null || Has(state, _lastAcknowledged.Key, _lastAcknowledged.Mark);

    // What a log does not go back to is an entry: every key is set once.
    private static bool Has(ReplicaState state, string key, Mark mark) => mark.Version < state.Start.Version || mark.Digest == Digest.None
        ? state.Entries.GetValueOrDefault(key)?.Version == mark.Version || (mark.Version > state.Start.Version && mark.Version <= state.Last && state[mark.Version].Chained.Change.Key == key)
        : state.Contains(mark.Version, mark.Digest);

    /// <summary>A node that may claim without stated loss has everything that was acknowledged.</summary>
    public void Check(SimulatedNode node)
    {
        if (!node.IsFollowing || !node.IsComplete)
            return;
        Assert.True(HasLast(node.Replica!.State), "in sync, but an acknowledged change is missing");
    }

    private SimulatedNode Other(SimulatedNode node) => node == _nodes[0] ? _nodes[1] : _nodes[0];

    private void Every(int milliseconds, Action action) => After(milliseconds, () =>
    {
        action();
        Every(milliseconds, action);
    });

    private void RunFor(TimeSpan time)
    {
        var end = _nanoseconds + ((long)time.TotalMilliseconds * 1_000_000);
        while (_agenda.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = _agenda.Dequeue();
            _nanoseconds = next.At;
            action();
        }
        _nanoseconds = end;
    }

    private void Write()
    {
        if (_quiet || _nodes.FirstOrDefault(n => n.Replica is not null && n.Ordered) is not { } node)
            return;
        var key = $"key-{++_requests}";
        if (_requests % 32 == 0)
        {
            WriteBatch(node, key, _requests % 1024 == 0 ? ReplicaRules.MaxBatch + 100 : 2 + (int)(_requests % 7));
            return;
        }
        _asked[_requests] = (key, node);
        node.Step(new ChangeRequested(_requests, key, BitConverter.GetBytes(_requests), "client"));
    }

    /// <summary>The last key stands for the batch: its version is the one that is acknowledged.</summary>
    private void WriteBatch(SimulatedNode node, string key, int count)
    {
        _batches[_requests] = count;
        _asked[_requests] = ($"{key}/{count - 1}", node);
        node.Step(new BatchRequested(_requests, [.. Enumerable.Range(0, count).Select(i => new KeyChange($"{key}/{i}", [1]))], "client"));
    }

    private void Elect()
    {
        if (_nodes.Any(n => n.Ordered))
            return;
        if (_connected && _nodes.All(n => n.IsFollowing))
            Claim(_nodes.MaxBy(n => (n.Replica!.State.TermAt(n.Replica.Position.Version).Value, n.Replica.Position.Version))!);
        else if (_nodes.FirstOrDefault(n => n.IsFollowing && n.IsComplete) is { } complete)
            Claim(complete);
    }

    private void Claim(SimulatedNode node)
    {
        _term = new TermSeries(node == _nodes[0] ? 0 : 1, 2).NextAbove(_term);
        node.Claim(_term);
    }

    private void Trouble()
    {
        if (_quiet)
            return;
        var node = _nodes[Chance.Next(2)];
        switch (Chance.Next(12))
        {
            case 0 or 1 when node is { Replica: not null, DiskFailed: false }: Fail(node); break;
            case 2 or 3 or 4 when node.Replica is null: node.Start(); break;
            case 5 when _connected: Disconnect(LinkStatus.Lost, LinkStatus.Lost); break;
            case 6 or 7 or 8 when !_connected && _nodes.All(n => n.Replica is not null): Connect(); break;
            case 9 when node.Ordered: node.StepDown(); break;
            case 10 when node.Ordered: node.Step(new RoleOrdered(new FlushReplica())); break;
            case 11: node.DiskWorksAgain = Now + TimeSpan.FromMilliseconds(Chance.Next(1, 3000)); break;
            default: break;
        }
    }

    private void Fail(SimulatedNode node)
    {
        node.Kill();
        foreach (var request in _asked.Where(a => a.Value.Node == node).Select(a => a.Key).ToList())
            _asked.Remove(request);
        var seen = Chance.Next(2) == 0 ? LinkStatus.Refused : LinkStatus.Lost;
        Disconnect(seen, seen);
    }

    private void Connect()
    {
        if (_connected)
            return;
        (_connected, _link) = (true, _link + 1);
        foreach (var node in _nodes)
            node.Step(new PeerLink(LinkStatus.Connected));
    }

    private void Disconnect(params LinkStatus[] seen)
    {
        (_connected, _link) = (false, _link + 1);
        for (var i = 0; i < _nodes.Length; i++)
            _nodes[i].Step(new PeerLink(seen[i]));
    }

    private void Conclude()
    {
        Assert.All(_nodes, n => Assert.NotNull(n.Replica));
        var (a, b) = (_nodes[0].Replica!.State, _nodes[1].Replica!.State);
        Assert.Equal((a.Last, a.DigestAt(a.Last)), (b.Last, b.DigestAt(b.Last)));
        Assert.Equal((a.Committed, b.Committed), (a.Last, b.Last));
        Assert.Single(_nodes, n => n.Replica!.Leads);
        Assert.All(_nodes, n => Assert.True(n.IsComplete, $"{n.Replica} {_connected}"));
        Assert.Empty(_asked);
        foreach (var (key, version) in _acknowledged)
            Assert.Equal(version, a.Entries[key].Version);
        Assert.Equal([], _refused.Where(a.Entries.ContainsKey).ToArray());
        foreach (var (request, count) in _batches)
            Assert.True(Enumerable.Range(0, count).Count(i => a.Entries.ContainsKey($"key-{request}/{i}")) is var there && (there == 0 || there == count), $"{there} of {count} changes of a batch");
    }
}
