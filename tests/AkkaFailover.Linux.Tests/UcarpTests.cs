using System.Collections.Concurrent;
using System.Diagnostics;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests;

/// <summary>The adverts as a real ucarp understands them.</summary>
public sealed class UcarpTests : IDisposable
{
    private readonly LanPair _lan = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly PcapPort _port;
    private Process? _ucarp;

    public UcarpTests() => _port = _lan.A.Run(
        () => new PcapPort(new LanRequest(LanPair.Interface, "ip proto 112", [System.Net.IPAddress.Parse("224.0.0.18")], (frame, _) => _received.Enqueue(frame.ToArray()))));

    public void Dispose()
    {
        _port.Dispose();
        _ucarp?.Kill(entireProcessTree: true);
        _ucarp?.Dispose();
        _lan.Dispose();
    }

    [Fact]
    public void Our_adverts_keep_ucarp_standby_and_our_release_lets_it_take_over_at_once()
    {
        using var bench = new AdvertBench(_port, advBase: 1, advSkew: 0, peer: CarpPeer.Ucarp);
        bench.Start();
        StartUcarp();
        // Alone it would be master after 3 s.
        var watch = Stopwatch.StartNew();
        Eventually.True(() => watch.Elapsed > TimeSpan.FromSeconds(5) || _log.Any(IsMaster), "five seconds as standby");
        Assert.DoesNotContain(_log, IsMaster);
        Assert.DoesNotContain(_log, line => line.Contains("Bad", StringComparison.Ordinal));

        bench.Thread.Stop();
        _port.TrySend(bench.Writer.Release(AdvertBench.Term));
        var running = RunningTime.StartNew();

        Eventually.True(() => _log.Any(IsMaster), "ucarp is master");
        // Its own receive delay is up to 1 s; its deadline would be 3 s.
        Assert.InRange(running.Elapsed.TotalSeconds, 0, 1.5);
    }

    [Fact]
    public void The_adverts_of_ucarp_are_accepted()
    {
        StartUcarp();
        Eventually.True(() => _received.Count >= 2, "two adverts of ucarp");
        using var bench = new AdvertBench(_port, peer: CarpPeer.Ucarp);
        var verifier = new AdvertVerifier(bench.Key, bench.Settings, System.Net.IPAddress.Parse("10.77.0.1"), new TermSeries(0, 2), []);

        Assert.All(_received, frame => Assert.Equal(WireRefusal.None, verifier.Verify(frame, AdvertBench.Term, Moment.Zero).Refusal));
    }

    private static bool IsMaster(string line) => line.Contains("Switching to state: MASTER", StringComparison.Ordinal);

    private void StartUcarp()
    {
        _ucarp = _lan.B.Start("ucarp", "--interface=eth0", "--srcip=10.77.0.2", "--vhid=7", "--pass=secret", "--addr=10.77.0.222",
            "--advbase=1", "--advskew=10", "--upscript=/bin/true", "--downscript=/bin/true");
        _ucarp.OutputDataReceived += Log;
        _ucarp.ErrorDataReceived += Log;
        _ucarp.BeginOutputReadLine();
        _ucarp.BeginErrorReadLine();

        void Log(object sender, DataReceivedEventArgs line) => _log.Enqueue(line.Data ?? "");
    }
}
