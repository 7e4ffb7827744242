using System.Net;
using System.Text.Json;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>A lab with a pair that everything can happen to: wall clocks that can be set, a disk of node b that can be full, an ActorSystem that can be ended.</summary>
internal sealed class ChaosRig : IDisposable
{
    // On a machine that has other work to do a start takes its time: how long a rest took stands in the results.
    private const int BusyProcesses = 4, MostAttempts = 3;
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15), LongestBackOff = TimeSpan.FromSeconds(4), ClockTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromHours(1), AnnounceInterval = TimeSpan.FromSeconds(1), FlapInterval = TimeSpan.FromMilliseconds(150);
    private readonly Dictionary<AkkaNode, SteppedClock> _clocks;
    private readonly List<HostProcess> _busy = [];
    private readonly List<string> _interventions = [];
    private Ongoing? _stranger, _flap;

    /// <summary>Builds it; nothing is started.</summary>
    public ChaosRig()
    {
        Lab = LabNetwork.Create();
        try
        {
            PairConfiguration.Write(Lab, Timing.Default);
            var (clockA, clockB) = (new SteppedClock(Lab.A), new SteppedClock(Lab.B));
            A = new AkkaNode(Lab.A, [.. clockA.Wrapper, StartupHook.EnvironmentVariable]);
            B = new AkkaNode(Lab.B, [.. clockB.Wrapper, StartupHook.EnvironmentVariable]);
            _clocks = new Dictionary<AkkaNode, SteppedClock> { [A] = clockA, [B] = clockB };
            Disk = new LittleDisk(B.StateDirectory);
            Pair = new LabPair(Lab, new Observer(Lab), A, B);
        }
        catch (LabException)
        {
            Lab.Dispose();
            throw;
        }
    }

    public LabNetwork Lab { get; }

    public LabPair Pair { get; }

    public AkkaNode A { get; }

    public AkkaNode B { get; }

    /// <summary>Node b's disk.</summary>
    public LittleDisk Disk { get; }

    public IReadOnlyList<AkkaNode> Nodes => [A, B];

    /// <summary>Takes the processors from everybody.</summary>
    public Task Starve()
    {
        // On the client's host: what runs on a node's host is counted among its guards.
        for (var i = 0; i < BusyProcesses; i++) _busy.Add(Lab.Client.Start("busy.log", "sh", "-c", "while :; do :; done"));
        return Task.CompletedTask;
    }

    /// <summary>Gives them back.</summary>
    public Task Feed()
    {
        foreach (var process in _busy) process.Send(Signal.Kill);
        _busy.Clear();
        return Task.CompletedTask;
    }

    /// <summary>Sets a node's clock an hour on or back; on the active the changes that are made show that it has been.</summary>
    public async Task StepClock(Draw draw)
    {
        var offset = draw.Forward ? Step : -Step;
        _clocks[draw.Node].Set(offset);
        // Changes never go back in time: a step backwards does not show in them. Nor does any where another fault has ended the daemon's role.
        if (draw is { IsActive: true, Forward: true }) await LabClock.Expect(() => LastChange(draw.Node) is not { } change || (change - offset - DateTimeOffset.UtcNow).Duration() < Step / 2, ClockTime, $"the clock of {draw.Node.Host.Name} is an hour off");
    }

    /// <summary>Sets it right.</summary>
    public Task SetClock(Draw draw)
    {
        _clocks[draw.Node].Set(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    /// <summary>The watcher's host adds the address and announces it each second.</summary>
    public Task BeginStranger()
    {
        Lab.Watcher.Run("ip", "address", "add", $"{LabTopology.VirtualAddress}/{LabTopology.PrefixLength}", "dev", "eth0");
        _stranger = new Ongoing(Announce);
        return Task.CompletedTask;
    }

    /// <summary>The stranger goes.</summary>
    public async Task EndStranger()
    {
        await _stranger!.End();
        _stranger = null;
        Lab.Watcher.RemoveVirtualAddress();
    }

    /// <summary>The target's port on the LAN goes down, and up again, and down.</summary>
    public Task BeginFlapping(Draw draw)
    {
        _flap = new Ongoing(stop => Flap(draw.Node.Host, stop));
        return Task.CompletedTask;
    }

    /// <summary>Its carrier stays.</summary>
    public async Task EndFlapping()
    {
        await _flap!.End();
        _flap = null;
        foreach (var node in Nodes) Lab.Switch.Plug(node.Host);
    }

    /// <summary>Mends all that a fault may have left behind.</summary>
    public async Task MendEverything()
    {
        await Feed();
        if (_flap is not null) await EndFlapping();
        if (_stranger is not null) await EndStranger();
        Disk.Empty();
        foreach (var node in Nodes)
        {
            _clocks[node].Set(TimeSpan.Zero);
            if (node.Process is not null) node.Thaw();
            if (!node.Host.HasInterface()) node.Host.MakeInterface();
            node.Host.RestoreOwnAddress();
        }
    }

    /// <summary>What a service manager does: starts daemons that have ended, and those that will have.</summary>
    /// <returns>Daemons that ended although no fault ended them, with their exit code.</returns>
    /// <exception cref="LabException">A daemon that has been told to end does not.</exception>
    public async Task<IReadOnlyList<(AkkaNode Node, int ExitCode)>> Revive(IReadOnlyCollection<AkkaNode> ended)
    {
        var surprises = Nodes.Except(ended).Where(node => !node.Runs).Select(node => (node, node.Process!.ExitCode ?? -1)).ToList();
        foreach (var node in ended) await node.Process!.Exit(StopTime);
        foreach (var node in Nodes.Where(node => !node.Runs)) node.Start();
        return surprises;
    }

    /// <summary>Waits until the pair is at rest. A node that stays away longer and longer, because faults follow each other, is started again, as an operator would.</summary>
    /// <returns>Daemons that ended meanwhile, and were started again.</returns>
    /// <exception cref="LabException">It does not come to rest.</exception>
    public async Task<IReadOnlyList<(AkkaNode Node, int ExitCode)>> Rest()
    {
        if (!await LabClock.Until(() => !Nodes.Any(node => node.IsBackingOff), LongestBackOff))
        {
            var away = Nodes.Where(node => node.IsBackingOff).ToList();
            foreach (var node in away) node.Terminate();
            _interventions.AddRange(away.Select(node => $"{node.Host.Name} was in fault for more than {LongestBackOff.TotalSeconds:0} s, and was restarted"));
            await Revive(away);
        }
        var ended = new List<(AkkaNode Node, int ExitCode)>();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Pair.ExpectRest();
                return ended;
            }
            catch (LabException) when (attempt < MostAttempts)
            {
                ended.AddRange(await Revive([]));
            }
        }
    }

    /// <summary>What an operator would have had to do since the last call.</summary>
    public IReadOnlyList<string> TakeInterventions()
    {
        List<string> taken = [.. _interventions];
        _interventions.Clear();
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stranger?.Dispose();
        _flap?.Dispose();
        foreach (var node in Nodes) node.Host.KillEverything();
        Pair.Observer.Dispose();
        Disk.Dispose();
        Lab.Dispose();
    }

    private async Task Announce(CancellationToken stop)
    {
        using var socket = RawSocket.Packet(Lab.Watcher, Frames.EtherTypeArp);
        var address = IPAddress.Parse(LabTopology.VirtualAddress);
        // Asking for one's own address is how a station announces it (RFC 5227).
        var announcement = Frames.AskFor(address, Lab.Watcher.Mac, address);
        using var each = new PeriodicTimer(AnnounceInterval);
        do socket.TrySend(announcement);
        while (await each.WaitForNextTickAsync(stop));
    }

    private async Task Flap(LabHost host, CancellationToken stop)
    {
        using var each = new PeriodicTimer(FlapInterval);
        for (var up = false; ; up = !up)
        {
            if (up) Lab.Switch.Plug(host);
            else Lab.Switch.Unplug(host, LabTopology.Lan);
            await each.WaitForNextTickAsync(stop);
        }
    }

    /// <summary>When the last change was made; null where the node does not lead any more.</summary>
    private static DateTimeOffset? LastChange(AkkaNode node)
    {
        if (node.Status is not { Role: "active" } || node.Ctl("config", "log", "--last", "1", "--output", "json") is not { ExitCode: 0 } answer) return null;
        using var log = JsonDocument.Parse(answer.Output);
        return log.RootElement.GetProperty("changes")[0].GetProperty("at").GetDateTimeOffset();
    }
}
