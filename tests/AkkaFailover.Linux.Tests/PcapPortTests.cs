using System.Collections.Concurrent;
using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests;

public sealed class PcapPortTests : IDisposable
{
    private const string Filter = "ether proto 0x88b5";
    private static readonly IPAddress CarpGroup = IPAddress.Parse("224.0.0.18");

    private readonly LanPair _lan = new();
    private readonly ConcurrentQueue<byte[]> _atA = new();
    private readonly ConcurrentQueue<byte[]> _atB = new();

    public void Dispose() => _lan.Dispose();

    [Fact]
    public void A_frame_that_is_sent_arrives_at_the_other_host_and_not_at_the_sender()
    {
        using var a = Open(_lan.A, _atA);
        using var b = Open(_lan.B, _atB);

        Assert.True(a.TrySend(Frame(1)));
        Assert.True(b.TrySend(Frame(2)));

        Eventually.True(() => _atA.Count == 1 && _atB.Count == 1, "both frames");
        Assert.Equal(Frame(1), _atB.Single());
        Assert.Equal(Frame(2), _atA.Single());
    }

    [Fact]
    public void Frames_that_the_filter_leaves_out_are_not_delivered()
    {
        using var a = Open(_lan.A, _atA);
        using var b = Open(_lan.B, _atB);
        var other = Frame(1);
        other[13] = 0xb6;

        Assert.True(a.TrySend(other));
        Assert.True(a.TrySend(Frame(2)));

        Eventually.True(() => !_atB.IsEmpty, "the frame that counts");
        Assert.Equal(Frame(2), _atB.Single());
    }

    [Fact]
    public void The_port_knows_its_station_address()
    {
        using var a = Open(_lan.A, _atA);

        Assert.Equal(LanPair.MacOfA, a.Mac.ToString());
    }

    [Fact]
    public void The_group_is_joined_while_the_port_is_open_without_promiscuous_mode()
    {
        using (Open(_lan.A, _atA))
        {
            Assert.Contains("inet  224.0.0.18", _lan.A.Exec("ip", "maddr", "show", "dev", LanPair.Interface));
            Assert.Contains("link  01:00:5e:00:00:12", _lan.A.Exec("ip", "maddr", "show", "dev", LanPair.Interface));
            Assert.Contains("promiscuity 0", _lan.A.Exec("ip", "-d", "link", "show", "dev", LanPair.Interface));
        }

        Assert.DoesNotContain("224.0.0.18", _lan.A.Exec("ip", "maddr", "show", "dev", LanPair.Interface));
    }

    [Fact]
    public void While_the_interface_is_down_nothing_is_sent_and_afterwards_all_is_as_before()
    {
        using var a = Open(_lan.A, _atA);
        using var b = Open(_lan.B, _atB);

        LanPair.Down(_lan.A);
        Assert.False(a.TrySend(Frame(1)));
        LanPair.Up(_lan.A);

        Eventually.True(() => a.TrySend(Frame(2)) && !_atB.IsEmpty, "a frame from a after it came up");
        Eventually.True(() => b.TrySend(Frame(3)) && !_atA.IsEmpty, "a frame to a after it came up");
        Assert.Contains("224.0.0.18", _lan.A.Exec("ip", "maddr", "show", "dev", LanPair.Interface));
    }

    [Fact]
    public void An_interface_that_was_deleted_and_made_again_is_opened_and_joined_again()
    {
        using var a = Open(_lan.A, _atA);
        using var b = Open(_lan.B, _atB);

        _lan.Unplug();
        Assert.False(a.TrySend(Frame(1)));
        _lan.Plug();

        Eventually.True(() => a.TrySend(Frame(2)) && !_atB.IsEmpty, "a frame over the new interfaces");
        Eventually.True(() => b.TrySend(Frame(3)) && !_atA.IsEmpty, "a frame back");
        Assert.Contains("224.0.0.18", _lan.A.Exec("ip", "maddr", "show", "dev", LanPair.Interface));
    }

    [Fact]
    public void A_port_on_an_interface_that_is_down_works_once_it_is_up()
    {
        LanPair.Down(_lan.A);
        using var a = Open(_lan.A, _atA);
        using var b = Open(_lan.B, _atB);
        Assert.False(a.TrySend(Frame(1)));

        LanPair.Up(_lan.A);

        Eventually.True(() => a.TrySend(Frame(2)) && !_atB.IsEmpty, "a frame from a after it came up");
    }

    [Fact]
    public void A_missing_interface_is_named_with_those_that_exist()
    {
        var failure = Assert.Throws<LanUnavailableException>(
            () => _lan.A.Run(() => new PcapPort(new LanRequest("eth7", Filter, [], (_, _) => { }))));

        Assert.Contains("there is no interface eth7: name one of", failure.Message);
        Assert.Contains(LanPair.Interface, failure.Message);
    }

    [Fact]
    public void The_addresses_and_the_neighbours_of_an_interface_are_read_from_the_kernel()
    {
        _lan.A.Exec("ping", "-c", "1", "-W", "2", "10.77.0.2");

        Assert.Equal([IPAddress.Parse("10.77.0.1")], _lan.A.Run(() => new LanHost().Addresses(LanPair.Interface)));
        Assert.Empty(_lan.A.Run(() => new LanHost().Addresses("eth7")));
        Assert.True(MacAddress.TryParse(LanPair.MacOfB, out var mac));
        Assert.Equal([new LanStation(IPAddress.Parse("10.77.0.2"), mac)], _lan.A.Run(() => new LanHost().Neighbours(LanPair.Interface, 8)));
        Assert.Empty(_lan.A.Run(() => new LanHost().Neighbours("eth7", 8)));
    }

    [Fact]
    public void A_burst_of_frames_is_received_completely_and_without_allocation()
    {
        const int Burst = 3000;
        var received = 0;
        long allocated = 0, atStart = 0;
        using var b = _lan.B.Run(() => new PcapPort(new LanRequest(LanPair.Interface, Filter, [], (_, _) =>
        {
            if (received++ == 100) atStart = GC.GetAllocatedBytesForCurrentThread();
            if (received == Burst) Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread() - atStart + 1);
        })));
        using var a = Open(_lan.A, _atA);

        var frame = Frame(1);
        for (var i = 0; i < Burst; i++) Assert.True(a.TrySend(frame));

        Eventually.True(() => Volatile.Read(ref allocated) != 0, $"{Burst} frames");
        Assert.Equal(1, allocated);
    }

    private static PcapPort Open(NetNamespace host, ConcurrentQueue<byte[]> received) => host.Run(
        () => new PcapPort(new LanRequest(LanPair.Interface, Filter, [CarpGroup], (frame, _) => received.Enqueue(frame.ToArray()))));

    // An EtherType for local experiments, to everybody.
    private static byte[] Frame(byte content)
    {
        var frame = new byte[60];
        frame.AsSpan(0, 6).Fill(0xff);
        frame[6] = 2;
        frame[12] = 0x88;
        frame[13] = 0xb5;
        frame[14] = content;
        return frame;
    }
}
