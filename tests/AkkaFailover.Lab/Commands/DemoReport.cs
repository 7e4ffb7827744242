using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Commands;

/// <summary>What the demo showed, beside what is promised.</summary>
internal sealed class DemoReport
{
    private readonly List<(VpnMeasurement Run, TimeSpan Promised)> _runs = [];
    private readonly List<string> _broken = [];

    /// <summary>Promises that were not kept.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>A fault: the outage through the tunnel is promised, and that every session goes on.</summary>
    public void Add(VpnMeasurement run, TimeSpan promised)
    {
        _runs.Add((run, promised));
        Check(run.OutageMs < promised.TotalMilliseconds, $"{run.Fault}: an outage through the tunnel below {promised.TotalSeconds:0.0} s");
        Check(run is { PasswordChecks: 0, TokenLogins: > 0 }, $"{run.Fault}: {VpnRig.User} came back by the session token, and no password was asked for");
        Check(run.KeptAddresses, $"{run.Fault}: both tunnel addresses as before");
        Check(run.NewAccountWorks, $"{run.Fault}: the account that was added half a second before works");
        Check(run is { HeldByBothMs: 0, Holder: "new" }, $"{run.Fault}: the address moved, and was never on both nodes");
    }

    /// <summary>Any other promise.</summary>
    public void Check(bool holds, string what)
    {
        if (!holds) _broken.Add(what);
    }

    /// <summary>Writes the figures, and what is not as promised.</summary>
    public void Write()
    {
        Console.WriteLine();
        Console.WriteLine("   what             tunnel behind the router   tunnel on the LAN   promised   the address itself");
        foreach (var (run, promised) in _runs)
            Console.WriteLine($"   {VpnFault.All.Single(fault => fault.Key == run.Fault).Title,-16} {run.UserLocked.OutageMs,21:0} ms {run.AutoLogin.OutageMs,16:0} ms {$"< {promised.TotalMilliseconds:0} ms",11} {run.AddressOutageMs,14:0} ms");
        Console.WriteLine();
        foreach (var what in _broken) Console.WriteLine($"   NOT AS PROMISED: {what}");
    }
}
