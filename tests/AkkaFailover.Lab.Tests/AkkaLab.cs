using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>A lab with a pair of ours, for the tests of one class.</summary>
public abstract class AkkaLab : IDisposable
{
    private readonly Timing _timing;

    /// <summary>Builds the lab and writes the pair's configuration; nothing is started.</summary>
    protected AkkaLab(Timing timing)
    {
        _timing = timing;
        Network = LabNetwork.Create();
        try
        {
            PairConfiguration.Write(Network, timing);
            Observer = new Observer(Network);
        }
        catch (LabException)
        {
            Network.Dispose();
            throw;
        }
        A = new AkkaNode(Network.A);
        B = new AkkaNode(Network.B);
        Pair = new LabPair(Network, Observer, A, B);
    }

    public LabNetwork Network { get; }

    public Observer Observer { get; }

    public AkkaNode A { get; }

    public AkkaNode B { get; }

    public LabPair Pair { get; }

    public TimeSpan Deadline => _timing.Heartbeat.Deadline;

    /// <summary>The node that holds the address.</summary>
    public AkkaNode Active => (AkkaNode)Pair.Active;

    /// <summary>The node that does not.</summary>
    public AkkaNode Standby => (AkkaNode)Pair.Other(Pair.Active);

    /// <summary>A first start: no processes, no state, the configuration as it was written, with these keys more.</summary>
    public void Reset(string carp = "", string group = "")
    {
        Pair.Clear();
        foreach (var node in new[] { A, B })
        {
            if (Directory.Exists(node.StateDirectory)) Directory.Delete(node.StateDirectory, recursive: true);
        }
        PairConfiguration.Write(Network, _timing, carp, group);
        Observer.Reset();
    }

    /// <summary>Nobody held the address together with the other since the last reset.</summary>
    public void ExpectNeverBoth()
    {
        var record = Observer.Snapshot();
        Assert.Equal(TimeSpan.Zero, Holdings.HeldByBoth(Holdings.Of(record.Changes, record.To)));
        Assert.Equal(TimeSpan.Zero, Outage.AnsweredByBoth(record.Arps));
    }

    /// <summary>The address stayed where it was since the last reset.</summary>
    public void ExpectHeldBy(AkkaNode active)
    {
        var record = Observer.Snapshot();
        Assert.Equal([active.Host.Name], Holdings.Of(record.Changes, record.To).Select(holding => holding.Host));
    }

    /// <summary>The same, and the client had its answers.</summary>
    public void ExpectNothingMoved(AkkaNode active)
    {
        ExpectHeldBy(active);
        var record = Observer.Snapshot();
        Assert.All(record.Pings, answer => Assert.Equal(active.Host.Mac, answer.From));
        Assert.InRange(Outage.LongestGap(record.Pings, record.From, record.To), TimeSpan.Zero, Observer.Noise(TimeSpan.FromMilliseconds(100)));
    }

    public void Dispose()
    {
        Observer.Dispose();
        Network.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A pair with the default timing.</summary>
public sealed class DefaultLab() : AkkaLab(Timing.Default);

/// <summary>A pair with ucarp's default timing.</summary>
public sealed class OneSecondLab() : AkkaLab(Timing.OneSecond);
