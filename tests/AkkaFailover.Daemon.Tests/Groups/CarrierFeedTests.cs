using Akka.TestKit.Xunit2;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

public sealed class CarrierFeedTests : TestKit
{
    [Fact]
    public void The_election_hears_the_state_at_once_and_every_change_until_the_end()
    {
        using var monitor = new FakeMonitor();
        using (new CarrierFeed(monitor, TestActor))
        {
            Assert.True(ExpectMsg<CarrierChanged>().Up);
            monitor.Become(new CarrierState(false, "carrier lost"));
            Assert.Equal(new CarrierChanged(false, "carrier lost"), ExpectMsg<CarrierChanged>());
        }
        monitor.Become(new CarrierState(true, "carrier back"));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    private sealed class FakeMonitor : ILinkMonitor
    {
        public event Action<CarrierState>? Changed;

        public CarrierState Now { get; private set; } = new(true, "carrier back");

        public void Become(CarrierState state)
        {
            Now = state;
            Changed?.Invoke(state);
        }

        public void Dispose()
        {
        }
    }
}
