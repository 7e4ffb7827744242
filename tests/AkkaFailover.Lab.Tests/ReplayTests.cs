using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Adverts of the pair, heard by a third host and sent again (U1, K5): at once, later, and across restarts of who sent and of who hears them.</summary>
public sealed class ReplayTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    // The counters heard last are on disk by then (once a second).
    private static readonly TimeSpan Stored = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task An_advert_of_the_active_counts_once()
    {
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        await Attack.ExpectNoEffect(lab, tap, tap.NextAdvert(TimeSpan.FromSeconds(2))!, "replayed", "own-frame");
    }

    [Fact]
    public async Task A_release_of_an_earlier_term_releases_nothing()
    {
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        var first = lab.Active;
        tap.Drain();
        first.Ask("group", "handover", "--wait");
        var release = NextRelease(tap);
        await lab.Pair.ExpectRest();
        // To the node that heard it, active now; and, when the role is back, to it as the standby.
        await Attack.ExpectNoEffect(lab, tap, release, "own-frame", "replayed", releaseHeardLast: true);
        lab.Active.Ask("group", "handover", "--wait");
        await lab.Pair.ExpectRest();
        Assert.Equal(first, lab.Active);
        await Attack.ExpectNoEffect(lab, tap, release, "replayed", "own-frame");
    }

    [Fact]
    public async Task Adverts_of_a_peer_before_its_restart_say_nothing_about_it()
    {
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        var old = lab.Active;
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        old.KillDaemon();
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([lab.Pair.Other(old).Host.Name]), TimeSpan.FromSeconds(5), "the other node has taken over");
        await lab.Pair.Settle();
        Assert.Equal(old, lab.Standby);
        await Attack.ExpectNoEffect(lab, tap, sniffed, "own-frame", "replayed");
    }

    [Fact]
    public async Task A_standby_that_restarts_under_a_replay_accepts_none_of_it()
    {
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        var (active, standby) = (lab.Active, lab.Standby);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        await Task.Delay(Stored);
        using var attack = new Attack(tap, sniffed);
        lab.Observer.Reset();
        standby.KillDaemonAndGuard();
        await lab.Pair.Expect(() => !standby.Runs, TimeSpan.FromSeconds(5), "the standby has died");
        // What it hears from now on is the attacker's: true adverts would teach it the counter that only its disk may know.
        lab.Network.Switch.DropHeartbeats(active.Host);
        standby.Start();
        await lab.Pair.ExpectRest();
        lab.ExpectNothingMoved(active);
        await ExpectRefused(standby);
        lab.Network.Switch.RestoreFrames();

        // And what it did not believe at its start it does not believe when it matters.
        var death = LabClock.Now;
        active.Host.PowerOff();
        await lab.Pair.Expect(() => lab.Observer.ClientHeard(standby.Host.Mac, death), TimeSpan.FromSeconds(1.5), "the standby answers in spite of the replay");
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_pair_that_starts_under_a_replay_finds_its_active()
    {
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        await Task.Delay(Stored);
        AkkaNode[] nodes = [lab.A, lab.B];
        var heard = lab.Standby;
        foreach (var node in nodes) node.Clear();
        await lab.Pair.Expect(() => !lab.A.Runs && !lab.B.Runs, TimeSpan.FromSeconds(5), "both have ended");
        foreach (var node in nodes) lab.Network.Switch.DropHeartbeats(node.Host);
        lab.Observer.Reset();
        using var attack = new Attack(tap, sniffed);
        foreach (var node in nodes) node.Start();
        await lab.Pair.Expect(() => lab.Observer.Holders.Count == 1, TimeSpan.FromSeconds(15), "one has claimed");
        await ExpectRefused(heard);
        await lab.Pair.ExpectRest();
        lab.ExpectNeverBoth();
    }

    /// <summary>Whatever a node hears is a replay, and it takes none of it for an advert.</summary>
    private async Task ExpectRefused(AkkaNode node)
    {
        await lab.Pair.Expect(() => node.Refused.GetValueOrDefault("replayed") > 10, TimeSpan.FromSeconds(5), $"{node.Host.Name} has refused ten: {string.Join(", ", node.Refused)}");
        Assert.Equal(0, node.Accepted);
    }

    private static byte[] NextRelease(LanTap tap)
    {
        for (var end = LabClock.Now + TimeSpan.FromSeconds(5); LabClock.Now < end;)
        {
            if (tap.NextAdvert(TimeSpan.FromSeconds(1)) is { } advert && Adverts.CounterOf(advert).Released) return advert;
        }
        throw new LabException("no release was heard");
    }
}
