using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class SecretKeysTests
{
    [Theory]
    [InlineData("**/*.key", "server.key", true)]
    [InlineData("**/*.key", "pki/private/server.key", true)]
    [InlineData("**/*.key", "server.key/port", false)]
    [InlineData("**/*.key", "server.keys", false)]
    [InlineData("*secret*", "token-secret", true)]
    [InlineData("*secret*", "secrets/anna", true)]
    [InlineData("*secret*", "users/Secret.txt", true)]
    [InlineData("*secret*", "users/anna", false)]
    [InlineData("users/*", "users/anna", true)]
    [InlineData("users/*", "users/anna/mail", false)]
    [InlineData("users/**", "users/anna/mail", true)]
    [InlineData("users/*/pin", "users/anna/pin", true)]
    [InlineData("users/*/pin", "old/users/anna/pin", false)]
    [InlineData("a.b", "aXb", false)]
    [InlineData("port", "server/port/old", true)]
    [InlineData("port", "export", false)]
    public void A_pattern_names_keys(string pattern, string key, bool expected) => Assert.Equal(expected, new SecretKeys([pattern]).Contains(key));

    [Fact]
    public void Without_patterns_there_is_no_secret() => Assert.False(SecretKeys.None.Contains("server.key"));

    [Fact]
    public void A_long_key_does_not_take_long() => Assert.False(new SecretKeys(["*a*a*a*a*a*a*a*a*b"]).Contains(new string('a', 512)));
}
