using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class KeyPathTests
{
    [Theory]
    [InlineData("server/port", "server/port")]
    [InlineData("größe", "größe")]
    [InlineData("100%", "100%25")]
    [InlineData("%2E", "%252E")]
    [InlineData("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd")]
    [InlineData("/etc/passwd", "%/etc/passwd")]
    [InlineData("a//b/", "a/%/b/%")]
    [InlineData("./.", "%2E/%2E")]
    [InlineData("...", "...")]
    [InlineData("a\\b:c", "a\\b:c")]
    public void A_key_has_a_path_within_its_folder_and_comes_back(string key, string path)
    {
        Assert.Equal(path, KeyPath.Of(key));
        Assert.Equal(key, KeyPath.ToKey(path));
    }

    [Fact]
    public void Long_parts_go_on_in_folders_and_no_name_is_longer_than_a_file_system_takes()
    {
        foreach (var key in new[] { new string('x', 512), new string('%', 512), new string('ß', 256), new string('x', 200) + "..", new string('x', 200) + "/y", "a/" + new string('.', 400) })
        {
            var path = KeyPath.Of(key, isFolder: true);
            Assert.All(path.Split('/'), name => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 1, 255));
            Assert.All(path.Split('/'), name => Assert.False(name is "." or ".."));
            Assert.Equal(key, KeyPath.ToKey(path));
        }
    }

    [Fact]
    public void A_key_that_is_the_folder_of_another_has_a_file_beside_it()
    {
        var paths = KeyPath.OfAll(["a", "a/b", "a/b/c", "ab"]).ToDictionary(pair => pair.Key, pair => pair.Path);
        Assert.Equal(("a%file", "a/b%file", "a/b/c", "ab"), (paths["a"], paths["a/b"], paths["a/b/c"], paths["ab"]));
        Assert.All(paths, pair => Assert.Equal(pair.Key, KeyPath.ToKey(pair.Value)));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("x/..")]
    [InlineData("./x")]
    [InlineData("/x")]
    [InlineData("x//y")]
    [InlineData("x/")]
    [InlineData("50%")]
    [InlineData("%41")]
    [InlineData("a%-/b")]
    [InlineData("")]
    public void What_no_key_would_be_written_as_is_no_key(string path) => Assert.Null(KeyPath.ToKey(path));
}
