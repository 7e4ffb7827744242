using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class CarpCounterTests
{
    private static readonly Gen<CarpCounter> Counters = Gen.ULong.Select(CarpCounter.FromWire);

    [Fact]
    public void The_parts_lie_where_the_design_says()
    {
        var counter = CarpCounter.FromWire(0xABCDEF_8000000007);
        Assert.Equal((new Term(0xABCDEF), true, 7UL), (counter.Term, counter.Released, counter.Sequence));
        Assert.Equal("11259375/7 released", counter.ToString());
    }

    [Fact]
    public void The_next_counter_is_newer_and_of_the_same_term() => Counters.Where(counter => counter.Sequence < CarpCounter.MaxSequence).Sample(counter =>
    {
        var next = counter.Next(CarpPeer.Ours);
        return next > counter && next.Term == counter.Term && next.Released == counter.Released;
    });

    [Fact]
    public void A_release_is_newer_than_any_other_counter_of_its_term() => Counters.Sample(counter =>
        counter.AsRelease() >= counter && counter.AsRelease() > CarpCounter.FromWire(counter.AsRelease().Value - 1 - counter.Sequence));

    [Fact]
    public void A_higher_term_is_newer_than_a_release_of_a_lower_one() =>
        Assert.True(CarpCounter.Before(new Term(8)) > CarpCounter.FromWire((7UL << 40) | 0xFF_FFFF_FFFF));

    [Fact]
    public void A_term_beyond_24_bits_has_no_counter() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CarpCounter.Before(new Term(Term.MaxValue + 1)));

    [Fact]
    public void The_sequence_never_runs_into_the_release_bit() =>
        Assert.Throws<InvalidOperationException>(() => CarpCounter.FromWire((7UL << 40) | CarpCounter.MaxSequence).Next(CarpPeer.Ours));
}
