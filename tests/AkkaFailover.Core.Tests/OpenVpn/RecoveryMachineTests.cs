using System.Net;
using AkkaFailover.Core.OpenVpn;
using Xunit;

namespace AkkaFailover.Core.Tests.OpenVpn;

public class RecoveryMachineTests
{
    private static readonly VpnClient Alice = Client("alice", 40001, 2);
    private static readonly VpnClient Bob = Client("bob", 40002, 3);
    private RecoveryModel _model = RecoveryModel.Idle;
    private Moment _now = new(1_000_000_000);
    private bool _kick = true;

    [Fact]
    public void Nobody_is_kicked_before_the_server_answers()
    {
        Assert.Empty(Step(new RecoveryInput.Began([Alice, Bob])));
        Assert.Equal(Moment.Never, _model.Due);
        Assert.Equal([new RecoveryOutput.SendReset(Alice.RealAddress), new RecoveryOutput.SendReset(Bob.RealAddress)], Step(new RecoveryInput.Listed([])));
    }

    [Fact]
    public void A_reset_is_repeated_three_times_and_no_more()
    {
        Step(new RecoveryInput.Began([Alice]));
        var resets = Step(new RecoveryInput.Listed([])).Count;
        var pauses = new List<double>();
        while (_model.Due != Moment.Never)
        {
            pauses.Add((_model.Due - _now).TotalMilliseconds);
            _now = _model.Due;
            resets += Step(new RecoveryInput.Tick()).OfType<RecoveryOutput.SendReset>().Count();
        }
        Assert.Equal(4, resets);
        Assert.Equal([250, 500, 1000], pauses);
    }

    [Fact]
    public void Who_is_back_by_the_reset_is_restarted_once()
    {
        Step(new RecoveryInput.Began([Alice]));
        Step(new RecoveryInput.Listed([]));
        _now += TimeSpan.FromMilliseconds(100);
        Assert.Equal([new RecoveryOutput.FirstClient(Alice with { Cid = 5 }), new RecoveryOutput.Restart(Alice with { Cid = 5 })], Step(new RecoveryInput.Listed([Alice with { Cid = 5 }])));
        Assert.Empty(Step(new RecoveryInput.Listed([Alice with { Cid = 5 }])));
        Assert.Equal((1, Moment.Never), (_model.Restarted, _model.Due));
    }

    [Fact]
    public void Who_comes_by_itself_is_neither_kicked_again_nor_restarted()
    {
        Step(new RecoveryInput.Began([Alice]));
        Step(new RecoveryInput.Listed([]));
        var returned = Alice with { RealAddress = IPEndPoint.Parse("198.51.100.10:50001") };
        var outputs = Step(new RecoveryInput.Listed([returned]));
        Assert.DoesNotContain(outputs, output => output is RecoveryOutput.Restart);
        Assert.Equal([returned.Key, Alice.Key], Assert.Single(outputs.OfType<RecoveryOutput.Store>()).Changes.OrderBy(change => change.Value is null).Select(change => change.Key));
        Assert.Equal(Moment.Never, _model.Due);
    }

    [Fact]
    public void A_client_under_its_old_address_long_after_the_claim_came_by_itself()
    {
        Step(new RecoveryInput.Began([Alice]));
        Step(new RecoveryInput.Listed([]));
        _now += RecoveryMachine.KickTime + TimeSpan.FromMilliseconds(1);
        Assert.DoesNotContain(Step(new RecoveryInput.Listed([Alice])), output => output is RecoveryOutput.Restart);
    }

    [Fact]
    public void Without_the_kick_nobody_is_sent_anything()
    {
        _kick = false;
        Step(new RecoveryInput.Began([Alice]));
        Assert.Empty(Step(new RecoveryInput.Listed([])));
        Assert.DoesNotContain(Step(new RecoveryInput.Listed([Alice])), output => output is RecoveryOutput.Restart or RecoveryOutput.SendReset);
    }

    [Fact]
    public void Many_clients_are_kicked_in_bursts_and_each_once_before_any_twice()
    {
        var many = Enumerable.Range(1, 100).Select(i => Client($"c{i}", 41000 + i, i)).ToList();
        Step(new RecoveryInput.Began(many));
        var sent = Step(new RecoveryInput.Listed([])).OfType<RecoveryOutput.SendReset>().ToList();
        Assert.Equal(RecoveryMachine.Burst, sent.Count);
        while (sent.Count < 100)
        {
            Assert.Equal(RecoveryMachine.BurstPause, _model.Due - _now);
            _now = _model.Due;
            sent.AddRange(Step(new RecoveryInput.Tick()).OfType<RecoveryOutput.SendReset>());
        }
        Assert.Equal(100, sent.Distinct().Count());
    }

    [Fact]
    public void The_kick_is_over_when_nobody_is_to_be_reset_and_nobody_recognised_by_it()
    {
        Step(new RecoveryInput.Began([Alice]));
        _now += TimeSpan.FromMinutes(1);
        Assert.False(_model.IsKickOver(_now));
        Step(new RecoveryInput.Listed([]));
        while (_model.Due != Moment.Never)
        {
            Assert.False(_model.IsKickOver(_now + RecoveryMachine.KickTime + RecoveryMachine.KickTime));
            _now = _model.Due;
            Step(new RecoveryInput.Tick());
        }
        Assert.False(_model.IsKickOver(_now + RecoveryMachine.KickTime));
        Assert.True(_model.IsKickOver(_now + RecoveryMachine.KickTime + TimeSpan.FromMilliseconds(1)));
        _now += RecoveryMachine.KickTime;
        Assert.Contains(Step(new RecoveryInput.Listed([Alice])), output => output is RecoveryOutput.Restart);
        Assert.False(_model.IsKickOver(_now + RecoveryMachine.KickTime));
    }

    [Fact]
    public void Clients_are_stored_as_they_come_and_go_one_request_at_a_time()
    {
        Step(new RecoveryInput.Began([]));
        Assert.Equal([Alice.Key], Stored(Step(new RecoveryInput.Listed([Alice]))));
        Assert.Empty(Stored(Step(new RecoveryInput.Listed([Alice, Bob]))));
        Step(new RecoveryInput.Stored(Done: true));
        Assert.Equal([Bob.Key], Stored(Step(new RecoveryInput.Listed([Alice, Bob]))));
        Step(new RecoveryInput.Stored(Done: false));
        Assert.Equal([Bob.Key], Stored(Step(new RecoveryInput.Listed([Alice, Bob]))));
        Step(new RecoveryInput.Stored(Done: true));
        Assert.Empty(Stored(Step(new RecoveryInput.Listed([Bob, Alice with { Cid = 99 }]))));
        Assert.Equal([Alice.Key], Stored(Step(new RecoveryInput.Listed([Bob]))));
    }

    [Fact]
    public void Clients_of_the_dead_server_stay_in_the_replica_until_they_are_forgotten()
    {
        Step(new RecoveryInput.Began([Alice]));
        Assert.Empty(Stored(Step(new RecoveryInput.Listed([]))));
        _now += RecoveryMachine.Remembered;
        Assert.Equal([Alice.Key], Stored(Step(new RecoveryInput.Listed([]))));
    }

    [Fact]
    public void An_ended_server_has_no_clients_and_an_answer_that_comes_late_changes_nothing()
    {
        Step(new RecoveryInput.Began([]));
        Step(new RecoveryInput.Listed([Alice]));
        Step(new RecoveryInput.Ended());
        Assert.Empty(Step(new RecoveryInput.Listed([Alice])));
        Step(new RecoveryInput.Stored(Done: true));
        Assert.Equal(RecoveryModel.Idle, _model);
    }

    private static VpnClient Client(string name, int port, int tunnel) => new(name, new IPEndPoint(IPAddress.Parse("198.51.100.10"), port), $"10.8.0.{tunnel}", port);

    private static IEnumerable<string> Stored(IEnumerable<RecoveryOutput> outputs) => outputs.OfType<RecoveryOutput.Store>().SelectMany(store => store.Changes).Select(change => change.Key);

    private IReadOnlyList<RecoveryOutput> Step(RecoveryInput input)
    {
        (_model, var outputs) = RecoveryMachine.Step(_model, input, _now, _kick);
        return outputs;
    }
}
