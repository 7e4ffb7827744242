using System.Net;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Runs one fault against a pair at rest and measures what clients and kernels saw.</summary>
public static class FaultRun
{
    // Before the fault the client must have had its answers, or the figures would mean nothing.
    private static readonly TimeSpan Baseline = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestMove = TimeSpan.FromSeconds(10);

    // The longest time between adverts: a fault that came at the same moment between two of them in each run would flatter one daemon and wrong another.
    private static readonly TimeSpan AnyMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Healing = TimeSpan.FromSeconds(2);

    /// <summary>Settles the pair, causes the fault on the active node, watches, measures.</summary>
    /// <exception cref="LabException">The pair did not come to rest, or the client had no answers before the fault.</exception>
    public static async Task<Measurement> Measure(LabPair pair, Fault fault, string daemon, string timing)
    {
        await pair.Settle();
        var active = pair.Active;
        var other = pair.Other(active);
        var observer = pair.Observer;
        observer.Reset();
        await Task.Delay(Baseline);
        ExpectBaseline(observer.Snapshot(), active);
        await Task.Delay(Random.Shared.NextDouble() * AnyMoment);

        var at = LabClock.Now;
        await fault.Inject(pair, active);
        if (fault.Outcome != Outcome.Stays) await LabClock.Until(() => observer.ClientHeard(other.Host.Mac, at), LongestMove - (LabClock.Now - at));
        await Task.Delay(fault.Watch);
        if (fault.HealsLast)
        {
            pair.Repair();
            await Task.Delay(Healing);
        }
        return Evaluate(observer.Snapshot(), at, active, other, fault.Key, daemon, timing) with { LateMs = observer.WorstLateness.TotalMilliseconds };
    }

    private static Measurement Evaluate(Record record, Moment at, Node active, Node other, string fault, string daemon, string timing)
    {
        var holdings = Holdings.Of(record.Changes, record.To);
        var last = holdings.Where(holding => holding.To == record.To).Select(holding => holding.Host).ToList();
        var claim = holdings.FirstOrDefault(holding => holding.Host == other.Host.Name && holding.From > at);
        var holder = IPAddress.Parse(active.Host.LanAddress);
        var silence = record.Heartbeats.LastOrDefault(heard => heard.From.Equals(holder) && heard.At < claim.From);
        var moved = Outage.FirstAnswerAfter(record.Pings, at, other.Host.Mac)?.TotalMilliseconds;
        return new Measurement(fault, timing, daemon,
            claim.Host is null ? null : (claim.From - at).TotalMilliseconds,
            moved,
            Outage.LongestGap(record.Pings, at, record.To).TotalMilliseconds,
            Outage.LongestGap(record.Outside, at, record.To).TotalMilliseconds,
            Holdings.HeldByBoth(holdings).TotalMilliseconds,
            Outage.AnsweredByBoth(record.Arps).TotalMilliseconds,
            last.Count > 1,
            last switch { [] => "nobody", [var name] => name == active.Host.Name ? "old" : "new", _ => "both" },
            holdings.Count(holding => holding.From > at),
            moved is null ? "" : other.LastClaim())
        {
            SilentMs = claim.Host is null || silence.From is null ? null : (claim.From - silence.At).TotalMilliseconds,
        };
    }

    private static void ExpectBaseline(Record record, Node active)
    {
        var expected = Baseline / Observer.Interval;
        var answers = record.Pings.Count(answer => answer.From == active.Host.Mac);
        if (answers < expected * 0.8)
            throw new LabException($"before the fault the client had {answers} answers of {active.Host.Name} instead of about {expected:0}");
    }
}
