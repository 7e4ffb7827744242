using System.Collections.Immutable;
using System.Globalization;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>A host's replica: the real <see cref="ReplicaMachine"/>, and a journal that keeps what was synced when the power fails.</summary>
public sealed class HostedReplica : IRuns
{
    private readonly World _world;
    private readonly Host _host;
    private readonly ReplicaRules _rules;
    private readonly Acknowledgements _acknowledged;
    private ReplicaNode? _node;
    private ReplicaState _disk = ReplicaState.Empty;
    private ImmutableArray<ReplicaEvent> _writing = [];
    private Moment _wakeAt = Moment.Never;
    private int _run;
    private long _requests;

    public HostedReplica(World world, Host host, NodeName peer, TimeSpan deadline, Acknowledgements acknowledged)
    {
        (_world, _host, _acknowledged) = (world, host, acknowledged);
        var window = deadline * 2;
        _rules = new ReplicaRules(host.Name, peer, "10.9.0.2:4053", PeerIsOurs: true, AcknowledgeMode.Both, window > TimeSpan.FromSeconds(3) ? window : TimeSpan.FromSeconds(3))
        {
            SnapshotAfter = 40,
            MaxUnreplicated = 100,
        };
    }

    int IRuns.Run => _run;

    /// <summary>What is on the disk.</summary>
    public ReplicaState Disk => _disk;

    /// <summary>Takes changes, or did until a moment ago.</summary>
    public bool Leads => _node is { Leads: true };

    /// <summary>The term under which it led last.</summary>
    public Term Led => _node?.Led ?? Term.None;

    /// <summary>The highest term under which it ever led.</summary>
    public Term HighestLed { get; private set; }

    /// <summary>Where it is.</summary>
    public Host Host => _host;

    /// <summary>The daemon starts; its journal is read.</summary>
    public void Start()
    {
        (_node, _wakeAt) = (new ReplicaNode(), Moment.Never);
        Later(_world.Between(20, 1_500), () => Step(new Recovered(_disk, (ulong)_world.Random.NextInt64())));
        Later(_world.Between(50, 150), Write);
    }

    /// <summary>The daemon is gone: a write under way is on disk whole or not at all.</summary>
    public void Lose()
    {
        if (_world.Chance(0.5)) Sync();
        (_node, _writing) = (null, []);
        _run++;
    }

    /// <summary>What the daemon's parts say to the replica.</summary>
    public void Step(ReplicaInput input)
    {
        if (_node is null) return;
        if (_host.Hangs)
        {
            StepLater(input);
            return;
        }
        var before = _node;
        (_node, var outputs) = _world.Decisions.Replica(_node, input, _world.Now, _world.Wall + _host.ClockError, _rules);
        if (_world.Tells) Explain(before, _node);
        if (_node.Leads && _node.Led > HighestLed) HighestLed = _node.Led;
        foreach (var output in outputs) Run(output);
        _acknowledged.Waits(this, _node.Waiting.IsEmpty ? null : _node.Waiting.Peek().Request, Moment.Max(_node.Peer.GrantUntil, _host.AwakeSince));
        Wake();
    }

    private void StepLater(ReplicaInput input) => _host.Defer(() => Step(input));

    /// <summary>What decides whether a claimer lacks something.</summary>
    private void Explain(ReplicaNode before, ReplicaNode after)
    {
        var (was, isNow) = (ReplicaMachine.IsComplete(before, _world.Now, _rules), ReplicaMachine.IsComplete(after, _world.Now, _rules));
        if (was == isNow && before.Mode == after.Mode && before.State.InSync == after.State.InSync && before.NotAlone == after.NotAlone) return;
        _world.Tell($"{_host.Name} replica {after.Mode} term {after.Term} version {after.State.Last}, {(isNow ? "complete" : "perhaps behind")}, must have all: {string.Join(' ', after.State.InSync)}{(after.NotAlone ? ", not alone" : "")}");
    }

    private void Run(ReplicaOutput output)
    {
        switch (output)
        {
            case Persist persist:
                _writing = persist.Events;
                Later(_world.Between(0.5, 25), () =>
                {
                    Sync();
                    Step(new Persisted());
                });
                break;
            case Send send: _world.Link.Stream(_host, () => _world.Other(_host).Replica!.Hear(send.Message)); break;
            case Answer { Outcome: Acknowledged(var version, var replicated) } answer: _acknowledged.Add(this, answer.Key, version, replicated); break;
            case Answer { Outcome: Refused { Uncertain: false } } answer: _acknowledged.Refuse(answer.Key); break;
            case Inform { Input: var input }:
                if (input is CaughtUp caught && _host.Claims(caught.Term)) _acknowledged.Replayed(this, _host.Name, caught);
                _host.Take(input);
                break;
        }
    }

    private void Hear(ReplicaMessage message)
    {
        if (_host.LinkShows(LinkStatus.Connected)) Step(new PeerSaid(message));
    }

    /// <summary>A client that writes: the next key when there is somebody who takes it.</summary>
    private void Write()
    {
        if (_node is { Mode: ReplicaMode.Leading } && _world.ClientsWrite) Step(new ChangeRequested(++_requests, string.Create(CultureInfo.InvariantCulture, $"{_host.Name}/{_run}/{_requests}"), [1], "client"));
        Later(_world.Between(100, 900), Write);
    }

    private void Sync()
    {
        foreach (var written in _writing)
        {
            _world.Require(_disk.Check(written) is null, $"{_host.Name} writes what its journal does not take: {written}");
            _disk = _disk.Apply(written);
        }
        _writing = [];
    }

    private void Wake()
    {
        if (_node is null) return;
        var wake = ReplicaMachine.NextWake(_node, _rules);
        if (wake == _wakeAt || wake == Moment.Never) return;
        _wakeAt = wake;
        Later(wake - _world.Now + _world.Between(0, 1.5), () =>
        {
            if (_wakeAt != wake) return;
            _wakeAt = Moment.Never;
            Step(new Wake());
        });
    }

    private void Later(TimeSpan delay, Action action) => _world.After(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, this, action);
}
