using System.Text.Json;
using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures what the clients of a VPN gateway see of each fault.</summary>
/// <param name="Runs">Of each fault with AkkaFailover; 0 to leave it out.</param>
/// <param name="PeerRuns">Of each fault with ucarp and keepalived; 0 to leave them out.</param>
/// <param name="Faults">Keys of the faults, in the order wanted; empty for all.</param>
/// <param name="Variants">Keys of the ways to the server; empty for all.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
internal sealed record VpnCommand(int Runs, int PeerRuns, IReadOnlyList<string> Faults, IReadOnlyList<string> Variants, string? JsonFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task<int> Run(CancellationToken stop)
    {
        var measurements = new List<VpnMeasurement>();
        var columns = Columns().ToList();
        var broken = false;
        foreach (var column in columns.Where(column => !column.Waits)) broken |= !await Measure(column, measurements, stop);
        broken |= (await Task.WhenAll(columns.Where(column => column.Waits).Select(column => Task.Run(() => Measure(column, measurements, stop), stop)))).Contains(false);
        var daemons = columns.Select(column => column.Contender.Daemon).Distinct().ToList();
        measurements = [.. measurements.OrderBy(run => daemons.IndexOf(run.Daemon))];
        Console.WriteLine();
        Console.WriteLine($"The client's outage through the tunnel: median (worst) of {Runs} runs, peers {PeerRuns}; of two clients the worse. {Machine.Describe()}.");
        Console.WriteLine();
        Console.WriteLine(VpnTable.Format(measurements));
        Console.WriteLine(VpnTable.FormatSessions(measurements));
        if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine = Machine.Describe(), runs = measurements }, Json));
        return broken ? 1 : 0;
    }

    // False where a session did not go on with ours.
    private async Task<bool> Measure(Column column, List<VpnMeasurement> measurements, CancellationToken stop)
    {
        using var rig = VpnRig.Create(column.Contender, column.Variant);
        var good = true;
        foreach (var fault in Choice.Of(VpnFault.All, Faults, fault => fault.Key).Where(fault => fault != VpnFault.Handover || column.Contender.Replicates))
            good &= await MeasureOrSayWhyNot(rig, fault, column.Runs, measurements, stop) || !column.Contender.Replicates;
        return good;
    }

    // A daemon that does not come back from its own fault must not take the other figures with it. False where a session did not go on.
    private static async Task<bool> MeasureOrSayWhyNot(VpnRig rig, VpnFault fault, int runs, List<VpnMeasurement> measurements, CancellationToken stop)
    {
        var good = true;
        for (var run = 1; run <= runs; run++)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                var measured = await VpnFaultRun.Measure(rig, fault);
                lock (measurements) measurements.Add(measured);
                good &= measured.IsContinued;
                Console.WriteLine($"{measured.Daemon}, {measured.Variant}, {measured.Fault} {run}/{runs}: user {measured.UserLocked}; device {measured.AutoLogin}; "
                    + $"{measured.PasswordChecks} password checks, {measured.TokenLogins} by token, new account {(measured.NewAccountWorks ? "works" : "does not work")}, "
                    + $"held by both {measured.HeldByBothMs:0} ms, at the end: {measured.Holder}");
            }
            catch (LabException e)
            {
                good = false;
                Console.Error.WriteLine($"{rig.Contender.Daemon}, {rig.Variant.Key}, {fault.Key} {run}/{runs}: {e.Message}");
            }
        }
        return good;
    }

    private IEnumerable<Column> Columns()
    {
        var variants = Choice.Of(VpnVariant.All, Variants, variant => variant.Key).ToList();
        if (Runs > 0)
        {
            if (variants.Contains(VpnVariant.Udp)) yield return new Column(VpnContender.OursWithKick, VpnVariant.Udp, Runs);
            foreach (var variant in variants) yield return new Column(VpnContender.Ours, variant, Runs);
        }
        if (PeerRuns == 0) yield break;
        foreach (var peer in new[] { VpnContender.Ucarp, VpnContender.Keepalived })
        {
            foreach (var variant in variants) yield return new Column(peer, variant, PeerRuns);
        }
    }

    /// <summary>One daemon and one way to the server.</summary>
    private sealed record Column(VpnContender Contender, VpnVariant Variant, int Runs)
    {
        /// <summary>Its clients wait for minutes, and nobody counts the milliseconds: such columns are measured beside each other, after the others.</summary>
        public bool Waits => Variant == VpnVariant.Udp && Contender != VpnContender.OursWithKick;
    }
}
