using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

public sealed class NeighbourBookTests
{
    private static readonly MacAddress Mac = new(0x0200_0000_0001);

    [Fact]
    public void Who_answered_comes_first_and_who_did_not_comes_last()
    {
        var book = new NeighbourBook();
        for (byte host = 1; host <= 4; host++) book.Learn(Host(host));
        book.Answered(new LanStation(Host(3), Mac), new Moment(10));
        book.Answered(new LanStation(Host(2), Mac), new Moment(20));
        book.Missed(Host(1));
        Assert.Equal([Host(2), Host(3), Host(4), Host(1)], book.Choose(8));
        Assert.Equal([Host(2), Host(3)], book.Heard(8));
        Assert.Equal(Mac, book.StationOf(Host(2)));
        book.Missed(Host(2));
        Assert.Equal([Host(3)], book.Heard(8));
    }

    [Fact]
    public void Hosts_that_are_gone_give_way_to_others()
    {
        var book = new NeighbourBook();
        for (byte host = 1; host <= 16; host++) book.Learn(Host(host));
        var first = book.Choose(8);
        foreach (var host in first) book.Missed(host);
        Assert.Empty(book.Choose(8).Intersect(first));
    }

    [Fact]
    public void A_full_book_forgets_who_missed_most_and_never_who_answers()
    {
        var book = new NeighbourBook();
        for (byte host = 1; host <= 64; host++)
        {
            book.Learn(Host(host));
            book.Answered(new LanStation(Host(host), Mac), new Moment(host));
        }
        book.Learn(Host(200));
        Assert.DoesNotContain(Host(200), book.Choose(100));
        book.Missed(Host(7));
        book.Learn(Host(200));
        Assert.Contains(Host(200), book.Choose(100));
        Assert.DoesNotContain(Host(7), book.Choose(100));
    }

    [Fact]
    public void Who_was_never_noted_is_not_taken_in_by_an_answer()
    {
        var book = new NeighbourBook();
        book.Answered(new LanStation(Host(1), Mac), new Moment(10));
        Assert.Empty(book.Choose(8));
    }

    private static IPAddress Host(byte last) => new([192, 0, 2, last]);
}
