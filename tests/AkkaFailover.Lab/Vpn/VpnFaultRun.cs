using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>Runs one fault against a VPN gateway at rest and measures what its clients saw.</summary>
public static class VpnFaultRun
{
    private static readonly TimeSpan AccountAge = TimeSpan.FromMilliseconds(500);

    // Where the role moves at all it has moved by then.
    private static readonly TimeSpan LongestMove = TimeSpan.FromSeconds(15);

    // A client whose old server goes on pinging it waits up to three time-outs of a minute.
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(200);

    /// <summary>Settles pair and clients, adds an account, causes the fault on the active node, watches until the clients are back, measures.</summary>
    /// <exception cref="LabException">Pair or clients did not come to rest.</exception>
    public static async Task<VpnMeasurement> Measure(VpnRig rig, VpnFault fault)
    {
        await rig.Settle();
        await rig.ForgetNewcomer();
        var active = rig.Pair.Active;
        var other = rig.Pair.Other(active);
        rig.Observer.Reset();
        rig.UserProbe.Reset();
        rig.DeviceProbe.Reset();
        rig.AddNewcomer(active);
        await Task.Delay(AccountAge);
        var (user, device) = (rig.UserLocked.TunnelAddress, rig.AutoLogin.TunnelAddress);
        var (checks, tokens) = (rig.Servers.PasswordChecksOf(VpnRig.User), rig.Servers.TokenLogins(VpnRig.User));

        var at = LabClock.Now;
        await fault.Inject(rig.Pair, active);
        await LabClock.Until(() => rig.Observer.ClientHeard(other.Host.Mac, at), LongestMove);
        // Before the clients notice, they have answers of the old server.
        await Task.Delay(fault.Watch);
        await LabClock.Until(() => rig.IsQuiet(fault.Watch), LongestOutage);
        var record = rig.Observer.Snapshot();
        var (userAnswers, deviceAnswers) = (rig.UserProbe.Answers, rig.DeviceProbe.Answers);
        var holdings = Holdings.Of(record.Changes, record.To);
        var accountWorks = await rig.NewcomerIsLetIn();
        return new VpnMeasurement(fault.Key, rig.Variant.Key, rig.Contender.Daemon,
            Evaluate(userAnswers, at, record.To, user, rig.UserLocked),
            Evaluate(deviceAnswers, at, record.To, device, rig.AutoLogin),
            rig.Servers.PasswordChecksOf(VpnRig.User) - checks,
            rig.Servers.TokenLogins(VpnRig.User) - tokens,
            accountWorks,
            Outage.LongestGap(record.Outside, at, record.To).TotalMilliseconds,
            Holdings.HeldByBoth(holdings).TotalMilliseconds,
            holdings.Where(holding => holding.To == record.To).Select(holding => holding.Host).ToList() switch
            {
                [] => "nobody",
                [var name] => name == active.Host.Name ? "old" : "new",
                _ => "both",
            });
    }

    private static VpnClientResult Evaluate(IReadOnlyList<Answer> answers, Moment fault, Moment end, string? before, VpnClient client)
    {
        var interruptions = Interruptions.Of(answers, fault, end);
        var gap = Outage.LongestGap(answers, fault, end).TotalMilliseconds;
        return new VpnClientResult(interruptions.Select(each => each.Ms).Append(gap).Max(), interruptions, before, client.TunnelAddress);
    }
}
