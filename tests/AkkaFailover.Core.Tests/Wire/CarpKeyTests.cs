using System.Net;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

public class CarpKeyTests
{
    [Fact]
    public void A_single_IPv4_address_stands_for_itself() => Assert.Equal("192.0.2.222", AddressOf("192.0.2.222"));

    [Fact]
    public void Any_other_list_is_hashed()
    {
        string[] lists = ["192.0.2.222 192.0.2.223", "192.0.2.222 192.0.2.224", "192.0.2.222 192.0.2.223 192.0.2.224", "2001:db8::1", "192.0.2.222 2001:db8::1", "::192.0.2.222"];
        Assert.Equal(lists.Length, lists.Select(AddressOf).Distinct().Count());
        Assert.DoesNotContain("192.0.2.222", lists.Select(AddressOf));
    }

    [Fact]
    public void The_hash_of_a_list_never_changes_between_versions() =>
        Assert.Equal("213.122.65.214", AddressOf("192.0.2.222 2001:db8::5"));

    [Fact]
    public void Order_and_repetition_do_not_matter()
    {
        Assert.Equal(AddressOf("192.0.2.222 2001:db8::1"), AddressOf("2001:db8::1 192.0.2.222 192.0.2.222"));
        Assert.Equal("192.0.2.222", AddressOf("192.0.2.222 192.0.2.222"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    public void A_passphrase_has_1_to_20_octets(int length) =>
        Assert.Throws<ArgumentException>(() => new CarpKey(new Secret(new byte[length]), 1, [Pair.Virtual]));

    [Fact]
    public void A_digest_belongs_to_one_counter() => Gen.ULong.Select(Gen.ULong).Sample((signed, other) =>
    {
        var key = Pair.Key();
        var digest = key.Sign(CarpCounter.FromWire(signed));
        return key.Verify(CarpCounter.FromWire(other), digest) == (signed == other);
    });

    private static string AddressOf(string list) => CarpKey.AddressOf(list.Split(' ').Select(IPAddress.Parse)).ToString();
}
