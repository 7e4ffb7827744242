using System.Collections.Concurrent;
using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Links;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests.Links;

public sealed class LinkTests : IDisposable
{
    private readonly LanPair _lan = new();
    private readonly NetNamespace _a;
    private readonly NetNamespace _b;

    public LinkTests() => (_a, _b) = (_lan.A, _lan.B);

    public void Dispose() => _lan.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_that_goes_down_here_or_there_is_carrier_lost_and_comes_back(bool here)
    {
        var side = here ? _a : _b;
        using var monitor = Watch(out var states);
        Assert.True(monitor.Now.Up);
        side.Ip("link set eth0 down");
        Assert.Equal(new CarrierState(false, "carrier lost"), Next(states));
        side.Ip("link set eth0 up");
        Assert.Equal(new CarrierState(true, "carrier back"), Next(states));
    }

    [Fact]
    public void A_deleted_interface_is_gone_and_may_come_again()
    {
        using var monitor = Watch(out var states);
        _a.Ip("link del eth0");
        Assert.Equal(new CarrierState(false, "interface gone"), NextBut(states, "carrier lost"));
        Assert.False(monitor.Now.Up);
        _a.Ip("link add eth0 type veth peer name other");
        _a.Ip("link set other up");
        _a.Ip("link set eth0 up");
        Assert.Equal(new CarrierState(true, "carrier back"), NextBut(states, "carrier lost"));
    }

    [Fact]
    public void A_renamed_interface_is_gone()
    {
        using var monitor = Watch(out var states);
        _a.Ip("link set eth0 down");
        Assert.Equal("carrier lost", Next(states).Reason);
        _a.Ip("link set eth0 name eth9");
        Assert.Equal("interface gone", Next(states).Reason);
    }

    [Fact]
    public void An_interface_that_never_was_is_gone()
    {
        using var monitor = _a.Run(() => LinkMonitor.Start("eth7"));
        Assert.Equal(new CarrierState(false, "interface gone"), monitor.Now);
    }

    [Theory]
    [InlineData("10.77.0.222", "24")]
    [InlineData("2001:db8::5", "64 nodad")]
    public void A_probe_is_answered_by_the_station_that_has_the_address(string text, string prefix)
    {
        _b.Ip($"addr add {text}/{prefix} dev eth0");
        var address = IPAddress.Parse(text);
        var holders = new BlockingCollection<MacAddress>();
        using var port = _a.Run(() => NeighbourPort.Open("eth0", [IPAddress.Parse("192.0.2.9"), address], (frame, _) =>
        {
            if (AddressFrames.TryReadHolder(frame, out var holds, out var station) && holds.Equals(address)) holders.Add(station);
        }));
        Assert.True(port.TrySend(AddressFrames.Probe(address, port.Mac)));
        Assert.True(holders.TryTake(out var holder, TimeSpan.FromSeconds(2)), "nobody answered");
        Assert.Contains(holder.ToString(), _b.Ip("link show eth0"), StringComparison.Ordinal);
        Assert.Contains(port.Mac.ToString(), _a.Ip("link show eth0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_for_the_address_and_what_other_stations_say_of_themselves_do_not_arrive()
    {
        _b.Ip("addr add 10.77.0.222/24 dev eth0");
        var (other, address) = (IPAddress.Parse("10.77.0.2"), IPAddress.Parse("10.77.0.222"));
        var heard = new BlockingCollection<IPAddress>();
        void Hear(ReadOnlySpan<byte> frame, Moment at)
        {
            if (AddressFrames.TryReadHolder(frame, out var holds, out MacAddress _)) heard.Add(holds);
        }
        using var port = _a.Run(() => NeighbourPort.Open("eth0", [address], Hear));
        using var asker = _b.Run(() => NeighbourPort.Open("eth0", [], (_, _) => { }));
        Assert.True(asker.TrySend(AddressFrames.Probe(address, asker.Mac)));
        foreach (var asked in new[] { other, address }) Assert.True(port.TrySend(AddressFrames.Probe(asked, port.Mac)));
        Assert.True(heard.TryTake(out var first, TimeSpan.FromSeconds(2)), "nobody answered");
        Assert.Equal(address, first);
    }

    [Fact]
    public void A_port_on_no_interface_is_refused() =>
        Assert.Contains("eth7", Assert.Throws<IOException>(() => _a.Run(() => NeighbourPort.Open("eth7", [], (_, _) => { }))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_view_tells_an_address_with_its_prefix_and_its_lifetime()
    {
        _a.Ip("addr add 10.77.0.222/24 dev eth0 valid_lft 100 preferred_lft 100");
        AddressPresence Look(string address) => _a.Run(() =>
            new KernelAddressView().Look(VirtualAddress.TryParse(address, "eth0", out var parsed, out _) ? parsed! : throw new FormatException(address)));

        Assert.InRange(Look("10.77.0.222/24").ValidSeconds!.Value, 95, 100);
        Assert.Equal(new AddressPresence(true, null), Look("10.77.0.1/24"));
        Assert.False(Look("10.77.0.222/32").Present);
        Assert.False(Look("10.77.0.222/24 dev lo").Present);
    }

    private LinkMonitor Watch(out BlockingCollection<CarrierState> states)
    {
        var collected = new BlockingCollection<CarrierState>();
        states = collected;
        var monitor = _a.Run(() => LinkMonitor.Start("eth0"));
        monitor.Changed += collected.Add;
        return monitor;
    }

    private static CarrierState Next(BlockingCollection<CarrierState> states) =>
        states.TryTake(out var state, TimeSpan.FromSeconds(3)) ? state : throw new TimeoutException("no change of the link");

    private static CarrierState NextBut(BlockingCollection<CarrierState> states, string passedOver)
    {
        var state = Next(states);
        return state.Reason == passedOver ? Next(states) : state;
    }
}
