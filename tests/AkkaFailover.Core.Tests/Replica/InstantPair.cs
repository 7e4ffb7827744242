using System.Text;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

/// <summary>Two replicas with disks and a link that take no time; what the clock does is up to the test.</summary>
internal sealed class InstantPair
{
    private readonly Queue<(InstantNode To, ReplicaInput Input)> _inputs = [];
    private Moment _now = new(1_000_000_000);
    private bool _connected;

    public InstantPair(int snapshotAfter = 10_000, int maxUnreplicated = 65_536)
    {
        A = Node("a", "b");
        B = Node("b", "a");
        foreach (var node in Nodes)
            Do(node, new Recovered(ReplicaState.Empty, (ulong)node.Rules.Self.Value[0]));

        InstantNode Node(string self, string peer) => new(
            new ReplicaRules(NodeName.Parse(self), NodeName.Parse(peer), "10.9.0.2:4053", true, AcknowledgeMode.Both, TimeSpan.FromSeconds(3))
            {
                SnapshotAfter = snapshotAfter,
                MaxUnreplicated = maxUnreplicated,
            });
    }

    public InstantNode A { get; }

    public InstantNode B { get; }

    /// <summary>Messages that get lost.</summary>
    public Func<ReplicaMessage, bool> Hold { get; set; } = _ => false;

    private IReadOnlyList<InstantNode> Nodes => [A, B];

    public void Link(bool connected)
    {
        _connected = connected;
        foreach (var node in Nodes)
            Do(node, new PeerLink(connected ? LinkStatus.Connected : LinkStatus.Lost));
    }

    public void Lead(InstantNode node, uint term)
    {
        Do(node, new RoleOrdered(new BeginReplay(new Term(term))));
        Do(node, new RoleOrdered(new OpenReplica(new Term(term))));
    }

    /// <summary>Time goes by in steps in which nobody stands still.</summary>
    public void Pass(int seconds)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now += ReplicaRules.Look;
            foreach (var node in Nodes)
                Do(node, new Wake());
        }
    }

    /// <summary>Sets a key; it must be acknowledged.</summary>
    public void Set(InstantNode node, string key, string? value) => Put(node, key, value is null ? null : Encoding.UTF8.GetBytes(value));

    /// <summary>The same with bytes.</summary>
    public void Put(InstantNode node, string key, byte[]? value)
    {
        var before = node.Answers.Count;
        Do(node, new ChangeRequested(before, key, value, "client"));
        Assert.IsType<Acknowledged>(Assert.Single(node.Answers.Skip(before)).Outcome);
    }

    public void Do(InstantNode node, ReplicaInput input)
    {
        _inputs.Enqueue((node, input));
        while (_inputs.TryDequeue(out var next))
        {
            foreach (var output in next.To.Step(next.Input, _now))
            {
                if (output is Persist persist)
                {
                    next.To.Write(persist.Events);
                    _inputs.Enqueue((next.To, new Persisted()));
                }
                else if (output is Send send && _connected && !Hold(send.Message))
                {
                    _inputs.Enqueue((next.To == A ? B : A, new PeerSaid(send.Message)));
                }
            }
        }
    }
}

/// <summary>One of the two.</summary>
internal sealed class InstantNode(ReplicaRules rules)
{
    public ReplicaRules Rules => rules;

    public ReplicaNode Replica { get; private set; } = new();

    public ReplicaState State => Replica.State;

    public List<ReplicaEvent> Journal { get; } = [];

    public List<Answer> Answers { get; } = [];

    public List<string> Said { get; } = [];

    public IReadOnlyList<Conflict> Conflicts => [.. State.Entries.Where(e => Conflict.IsKey(e.Key)).Select(e => Conflict.Decode(e.Value.Value)!)];

    public string? Value(string key) => State.Entries.TryGetValue(key, out var entry) ? Encoding.UTF8.GetString(entry.Value) : null;

    public IReadOnlyList<ReplicaOutput> Step(ReplicaInput input, Moment now)
    {
        (Replica, var outputs) = ReplicaMachine.Step(Replica, input, now, DateTimeOffset.UnixEpoch.AddYears(50), rules);
        Answers.AddRange(outputs.OfType<Answer>());
        Said.AddRange(outputs.OfType<Say>().Select(said => said.Text));
        return outputs;
    }

    public void Write(IEnumerable<ReplicaEvent> events)
    {
        foreach (var happened in events)
        {
            Journal.Add(happened);
            if (happened is SnapshotDone)
                Journal.RemoveRange(0, Journal.FindLastIndex(e => e is SnapshotBegun));
        }
    }

    /// <summary>What a restart would read.</summary>
    public ReplicaState Read() => Journal.Aggregate(ReplicaState.Empty, (state, happened) =>
    {
        var after = state.Follow(happened, out var fault);
        Assert.Null(fault);
        return after;
    });
}
