using System.Text;
using AkkaFailover.Core.OpenVpn;
using Xunit;

namespace AkkaFailover.Core.Tests.OpenVpn;

public class SessionFactsTests
{
    private static readonly SessionFacts Active = Facts(("auth-gen-token-secret", "11"), ("ca", "22"), ("config", "33"));

    [Fact]
    public void The_same_facts_have_no_difference() => Assert.Empty(SessionFacts.Decode(Active.Encode())!.DifferFrom(Active));

    [Fact]
    public void Another_secret_is_named_with_its_consequence() => Assert.Equal(
        ["auth-gen-token-secret is 99 here and 11 on the active: users would be asked for their passwords"],
        Facts(("auth-gen-token-secret", "99"), ("ca", "22"), ("config", "33")).DifferFrom(Active));

    [Fact]
    public void What_one_node_lacks_differs() => Assert.Equal(
        ["auth-gen-token-secret is none here and 11 on the active: users would be asked for their passwords", "tls-crypt is 44 here and none on the active: no client could connect"],
        Facts(("tls-crypt", "44"), ("ca", "22"), ("config", "33")).DifferFrom(Active));

    [Theory]
    [InlineData("ca")]
    [InlineData("ca 1 2")]
    [InlineData("ca 1\nca 2")]
    public void A_value_that_is_none_of_ours(string text) => Assert.Null(SessionFacts.Decode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_value_has_a_bound() => Assert.Null(SessionFacts.Decode(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 17).Select(i => $"o{i} 1")))));

    private static SessionFacts Facts(params (string Option, string Fingerprint)[] facts) => new(facts.ToDictionary(fact => fact.Option, fact => fact.Fingerprint));
}
