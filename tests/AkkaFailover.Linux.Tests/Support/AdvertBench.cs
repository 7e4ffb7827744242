using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using AkkaFailover.Linux.Heartbeat;
using AkkaFailover.Linux.Time;

namespace AkkaFailover.Linux.Tests.Support;

/// <summary>An advert thread with the group vhid 7, passphrase "secret", 10.77.0.222, sending from 10.77.0.1.</summary>
internal sealed class AdvertBench : ILeaseSink, IDisposable
{
    public static readonly Term Term = new(6);

    public AdvertBench(ILanPort port, byte advBase = 0, byte advSkew = 5, CarpPeer peer = CarpPeer.Ours, ILeaseSink? lease = null)
    {
        Settings = new CarpSettings(7, new Secret("secret"u8.ToArray()), advBase, advSkew, 3, peer, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), []);
        Key = new CarpKey(Settings.Passphrase, Settings.Vhid, [IPAddress.Parse("10.77.0.222")]);
        Writer = new CarpAdvertWriter(Key, Settings, IPAddress.Parse("10.77.0.1"), port);
        Thread = new AdvertThread(port, Writer, new AdvertSenderOptions("bench", Settings.Timing.Interval, lease ?? this, Ended));
    }

    public CarpSettings Settings { get; }

    public CarpKey Key { get; }

    public CarpAdvertWriter Writer { get; }

    public AdvertThread Thread { get; }

    public TimeSpan Interval => Settings.Timing.Interval;

    /// <summary>So long that no pause of this process, with the garbage of all tests, ends it; a test of its end sets it shorter.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Why the lease ended; null while it did not.</summary>
    public string? Lapse { get; private set; }

    /// <summary>When that was said.</summary>
    public Moment LapsedAt { get; private set; }

    /// <summary>The last extension.</summary>
    public Moment Until { get; private set; }

    /// <summary>How long the sending thread stood still at worst.</summary>
    public TimeSpan LongestStall => Thread.Sent.LongestStall?.Length ?? TimeSpan.Zero;

    public void Start() => Thread.Start(Term, Lease);

    public void Extend(Moment until) => Until = until;

    public void Dispose() => Thread.Dispose();

    private void Ended(string reason) => (LapsedAt, Lapse) = (BootClock.Instance.Now, reason);
}

/// <summary>A port in memory.</summary>
internal sealed class MemoryPort(Func<int, bool> leaves) : ILanPort
{
    private readonly Lock _gate = new();
    private readonly List<(Moment At, CarpCounter Counter)> _sent = [];
    private int _count;

    public MacAddress Mac => new(0x0200_0000_0001);

    public IReadOnlyList<(Moment At, CarpCounter Counter)> Sent
    {
        get
        {
            lock (_gate) return [.. _sent];
        }
    }

    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        var now = BootClock.Instance.Now;
        if (!leaves(_count++)) return false;
        lock (_gate)
        {
            if (CarpFrame.TryRead(frame, out var advert) == WireRefusal.None) _sent.Add((now, advert.Advert.Counter));
        }
        return true;
    }

    public void Dispose()
    {
    }
}
