using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

public class NeighbourPortsTests
{
    private static readonly MacAddress Own = new(0x0200_0000_0001), Stranger = new(0x0200_0000_0009);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.222");

    [Fact]
    public async Task A_frame_may_come_while_another_interface_is_being_opened()
    {
        using var looking = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();
        var heard = new List<AddressHeardElsewhere>();
        FrameHandler? first = null;
        var receiving = Task.CompletedTask;
        using (new NeighbourPorts([new VirtualAddress(Address, 24, "x"), new VirtualAddress(IPAddress.Parse("192.0.2.223"), 24, "y")], Open, heard.Add))
        {
            opened.Set();
            await receiving;
        }
        Assert.Equal(new AddressHeardElsewhere(Address, Stranger, ToAll: true), Assert.Single(heard));

        ILanPort Open(string name, IReadOnlyCollection<IPAddress> addresses, FrameHandler handler)
        {
            if (first is null)
            {
                first = handler;
                return new Port(() =>
                {
                    looking.Set();
                    opened.Wait();
                });
            }
            receiving = Task.Factory.StartNew(() => first(AddressFrames.Announcements(Address, Stranger)[0], new Moment(1)), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            looking.Wait();
            return new Port(() => { });
        }
    }

    private sealed class Port(Action asked) : ILanPort
    {
        public MacAddress Mac
        {
            get
            {
                asked();
                return Own;
            }
        }

        public bool TrySend(ReadOnlySpan<byte> frame) => true;

        public void Dispose()
        {
        }
    }
}
