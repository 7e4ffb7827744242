using System.Collections.Immutable;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.OpenVpn;

/// <summary>
/// Follows a server's clients into the replica, and after a claim has those of the server before it come back at once: a reset makes a
/// client shake hands with this server, and when its session is here, a restart makes a normal one of it. A pure function.
/// </summary>
public sealed class RecoveryMachine
{
    /// <summary>Pauses before a reset is repeated: it or its answer may have been lost.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    /// <summary>Resets sent at a time; the handshakes that they cause are the server's work.</summary>
    public const int Burst = 20;

    /// <summary>Time between two bursts.</summary>
    public static readonly TimeSpan BurstPause = TimeSpan.FromMilliseconds(20);

    /// <summary>A client that appears under its old address within this time of its last reset came by that.</summary>
    public static readonly TimeSpan KickTime = TimeSpan.FromSeconds(10);

    /// <summary>So long the clients of the server before this one stay in the replica without being seen: another failover may come meanwhile.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(3);

    private readonly bool _kick;
    private readonly Moment _now;
    private readonly List<RecoveryOutput> _outputs = [];
    private RecoveryModel _model;

    private RecoveryMachine(RecoveryModel model, Moment now, bool kick) => (_model, _now, _kick) = (model, now, kick);

    /// <summary>One step.</summary>
    /// <param name="kick">Whether clients are to be made to reconnect.</param>
    public static (RecoveryModel Model, IReadOnlyList<RecoveryOutput> Outputs) Step(RecoveryModel model, RecoveryInput input, Moment now, bool kick)
    {
        var step = new RecoveryMachine(model, now, kick);
        switch (input)
        {
            case RecoveryInput.Began began: step.Begin(began.Held); break;
            case RecoveryInput.Ended: step._model = RecoveryModel.Idle; break;
            case RecoveryInput.Listed listed when model.Serves: step.Take(listed.Clients); break;
            case RecoveryInput.Stored stored: step.Stored(stored.Done); break;
            case RecoveryInput.Listed or RecoveryInput.Tick: break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, null);
        }
        step.SendResets();
        return (step._model, step._outputs);
    }

    private void Begin(IReadOnlyList<VpnClient> held)
    {
        var clients = held.Take(ClientStatus.MaxClients).ToImmutableDictionary(client => client.Key);
        _model = new RecoveryModel
        {
            Serves = true,
            Held = clients,
            Awaited = clients.ToImmutableDictionary(pair => pair.Key, pair => new AwaitedClient(pair.Value)),
        };
    }

    private void Take(IReadOnlyList<VpnClient> clients)
    {
        if (_model.ReadyAt == Moment.Never) BecomeReady();
        foreach (var client in clients)
        {
            if (!_model.HasClients) _outputs.Add(new RecoveryOutput.FirstClient(client));
            _model = _model with { HasClients = true };
            Recognise(client);
        }
        ForgetReturned(clients);
        if (_now - _model.ReadyAt >= Remembered) _model = _model with { Awaited = _model.Awaited.Clear() };
        Store(clients);
    }

    /// <summary>Not before: a reset whose answer nobody hears is wasted.</summary>
    private void BecomeReady()
    {
        _model = _model with { ReadyAt = _now, LastKick = _now };
        if (!_kick) return;
        _model = _model with { Awaited = _model.Awaited.ToImmutableDictionary(pair => pair.Key, pair => pair.Value with { Next = _now }) };
    }

    private void Recognise(VpnClient client)
    {
        if (!_model.Awaited.TryGetValue(client.Key, out var awaited)) return;
        _model = _model with { Awaited = _model.Awaited.Remove(client.Key) };
        if (awaited.Resets == 0 || _now - awaited.LastReset > KickTime) return;
        _model = _model with { Restarted = _model.Restarted + 1, LastKick = _now };
        _outputs.Add(new RecoveryOutput.Restart(client));
    }

    /// <summary>Who has come by itself, from another port: what was known of it before is over.</summary>
    private void ForgetReturned(IReadOnlyList<VpnClient> clients)
    {
        if (_model.Awaited.IsEmpty) return;
        var here = clients.Select(client => (client.CommonName, client.TunnelAddress)).ToHashSet();
        var returned = _model.Awaited.Where(pair => here.Contains((pair.Value.Client.CommonName, pair.Value.Client.TunnelAddress))).Select(pair => pair.Key);
        _model = _model with { Awaited = _model.Awaited.RemoveRange(returned) };
    }

    private void Store(IReadOnlyList<VpnClient> clients)
    {
        if (_model.Storing is not null) return;
        var wanted = _model.Awaited.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Client);
        foreach (var client in clients) wanted = wanted.SetItem(client.Key, client);
        var set = wanted.Where(pair => !_model.Held.TryGetValue(pair.Key, out var held) || !IsSame(held, pair.Value)).Select(pair => new KeyChange(pair.Key, pair.Value.Encode()));
        var removed = _model.Held.Keys.Where(key => !wanted.ContainsKey(key)).Select(key => new KeyChange(key, null));
        var changes = set.Concat(removed).OrderBy(change => change.Key, StringComparer.Ordinal).Take(BatchRules.MaxChanges).ToImmutableArray();
        if (changes.IsEmpty) return;
        _model = _model with { Storing = Apply(changes, wanted) };
        _outputs.Add(new RecoveryOutput.Store(changes));
    }

    private ImmutableDictionary<string, VpnClient> Apply(ImmutableArray<KeyChange> changes, ImmutableDictionary<string, VpnClient> wanted) =>
        changes.Aggregate(_model.Held, (held, change) => change.Value is null ? held.Remove(change.Key) : held.SetItem(change.Key, wanted[change.Key]));

    /// <summary>The server's number of it is not in the replica.</summary>
    private static bool IsSame(VpnClient a, VpnClient b) => a.CommonName == b.CommonName && a.TunnelAddress == b.TunnelAddress;

    private void Stored(bool done) =>
        _model = _model with { Held = done && _model.Storing is { } stored ? stored : _model.Held, Storing = null };

    private void SendResets()
    {
        var due = _model.Awaited.Values.Where(client => client.Next <= _now).OrderBy(client => client.Resets).ThenBy(client => client.Client.Key, StringComparer.Ordinal).Take(Burst).ToList();
        foreach (var client in due)
        {
            _outputs.Add(new RecoveryOutput.SendReset(client.Client.RealAddress));
            var next = client.Resets < Pauses.Length ? _now + Pauses[client.Resets] : Moment.Never;
            _model = _model with { Awaited = _model.Awaited.SetItem(client.Client.Key, client with { Resets = client.Resets + 1, LastReset = _now, Next = next }) };
        }
        var first = _model.Awaited.Values.Aggregate(Moment.Never, (soonest, client) => Moment.Min(soonest, client.Next));
        _model = due.Count > 0 ? _model with { Due = Moment.Max(first, _now + BurstPause), LastKick = _now } : _model with { Due = first };
    }
}
