using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Changes;

/// <summary>A store with a member on host a and one on host b, to be measured.</summary>
internal abstract class ReplicatedStore
{
    /// <summary>For the table.</summary>
    public abstract string Name { get; }

    /// <summary>Starts it empty; returns when changes are taken by both members.</summary>
    /// <exception cref="LabException">It does not come to that.</exception>
    public abstract Task Start();

    /// <summary>Connects clients on the host of the member that leads.</summary>
    public abstract Task<IReadOnlyList<IChangeClient>> Connect(int clients);

    /// <summary>What its members know, for whoever has to find out why a measurement failed.</summary>
    public virtual string Describe() => "";

    /// <summary>Ends it and removes its data.</summary>
    public abstract void Remove();
}

/// <summary>A pair of our daemons, as <c>failoverctl init</c> configures it: the link between them is TLS.</summary>
internal sealed class AkkaStore(LabNetwork lab, Observer observer) : ReplicatedStore
{
    private readonly LabPair _pair = new(lab, observer, new AkkaNode(lab.A), new AkkaNode(lab.B));

    /// <inheritdoc/>
    public override string Name => "akka-failover";

    /// <summary>The pair.</summary>
    public LabPair Pair => _pair;

    /// <summary>The node that takes changes.</summary>
    public AkkaNode Active => (AkkaNode)_pair.Active;

    /// <summary>The other one.</summary>
    public AkkaNode Standby => (AkkaNode)_pair.Other(_pair.Active);

    /// <inheritdoc/>
    public override Task Start() => Start(_ => "");

    /// <summary>Starts it empty, with these keys more on each host.</summary>
    public async Task Start(Func<LabHost, string> more)
    {
        Remove();
        PairConfiguration.Write(_pair.Lab, Timing.Default);
        foreach (var host in new[] { _pair.A.Host, _pair.B.Host }) PairConfiguration.Override(host, more(host));
        await _pair.Settle();
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<IChangeClient>> Connect(int clients) =>
        Task.FromResult<IReadOnlyList<IChangeClient>>([.. Enumerable.Range(0, clients).Select(_ => new BlockingControlClient(Active.Socket))]);

    /// <inheritdoc/>
    public override string Describe() => _pair.Describe();

    /// <inheritdoc/>
    public override void Remove()
    {
        _pair.Clear();
        foreach (var state in new[] { _pair.A.Host, _pair.B.Host }.Select(PairConfiguration.StateOf).Where(Directory.Exists)) Directory.Delete(state, recursive: true);
    }
}

/// <summary>etcd with two members. The link between them is not encrypted, which is its default and in its favour.</summary>
internal sealed class EtcdStore(LabNetwork lab) : ReplicatedStore
{
    // More connections take etcd no further, fewer hold its clients up.
    private const int ClientsPerConnection = 16;
    private static readonly TimeSpan ElectionTime = TimeSpan.FromSeconds(20);
    private readonly EtcdNode[] _members = [new(lab.A, lab.B), new(lab.B, lab.A)];
    private readonly List<HttpClient> _connections = [];

    /// <inheritdoc/>
    public override string Name => "etcd";

    /// <inheritdoc/>
    public override async Task Start()
    {
        foreach (var member in _members) member.Start();
        if (!await LabClock.Until(() => _members.Any(member => member.IsLeader()), ElectionTime))
            throw new LabException($"no member of etcd leads: {string.Join("; ", _members.Select(member => member.Trouble))}");
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<IChangeClient>> Connect(int clients)
    {
        CloseConnections();
        var leader = _members.First(member => member.IsLeader());
        for (var at = 0; at < clients; at += ClientsPerConnection) _connections.Add(EtcdClient.Connect(leader.Host));
        return Task.FromResult<IReadOnlyList<IChangeClient>>(
            [.. Enumerable.Range(0, clients).Select(client => new EtcdClient(_connections[client % _connections.Count]))]);
    }

    /// <inheritdoc/>
    public override void Remove()
    {
        CloseConnections();
        foreach (var member in _members) member.Remove();
    }

    private void CloseConnections()
    {
        foreach (var connection in _connections) connection.Dispose();
        _connections.Clear();
    }
}
