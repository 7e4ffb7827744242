using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>Time that passes only when the test says so: no standstill of the machine changes what it shows.</summary>
internal sealed class HandClock : IMonotonicClock
{
    private long _now = 1_000_000_000;

    public Moment Now => new(Volatile.Read(ref _now));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks * 100);
}
