using System.Text;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Paths;

public sealed class PathRecordTests
{
    [Theory]
    [InlineData(PathKind.File, 0x1ED, "content")]
    [InlineData(PathKind.File, 0xFFF, "")]
    [InlineData(PathKind.Folder, 0x1C0, "")]
    [InlineData(PathKind.Link, 0, "../target")]
    public void A_record_is_the_same_after_encoding_and_decoding(PathKind kind, ushort mode, string content)
    {
        var record = new PathRecord(kind, mode, 1000, uint.MaxValue, Encoding.UTF8.GetBytes(content));
        var read = PathRecord.Decode(record.Encode(), out var refusal)!;
        Assert.Equal("", refusal);
        Assert.Equal((kind, mode, 1000u, uint.MaxValue, content), (read.Kind, read.Mode, read.Owner, read.Group, read.Target));
    }

    [Fact]
    public void The_encoding_is_the_documented_one() =>
        Assert.Equal([1, 1, 0x01, 0xA4, 0, 0, 0, 5, 0, 0, 1, 0, 0, (byte)'x'], new PathRecord(PathKind.File, 0x1A4, 5, 256, "x"u8.ToArray()).Encode());

    [Fact]
    public void The_largest_file_is_an_entry_of_the_largest_size() =>
        Assert.Null(ChangeRules.Refuse("path:x", new PathRecord(PathKind.File, 0, 0, 0, new byte[PathRecord.MaxContent]).Encode(), ""));

    [Theory]
    [InlineData(new byte[0], "shorter than its header")]
    [InlineData(new byte[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "shorter than its header")]
    [InlineData(new byte[] { 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "format 2")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "kind 0")]
    [InlineData(new byte[] { 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "kind 4")]
    [InlineData(new byte[] { 1, 1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "more than permissions")]
    [InlineData(new byte[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, "kept elsewhere")]
    [InlineData(new byte[] { 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9 }, "folder with content")]
    public void What_is_no_record_is_refused_with_the_reason(byte[] value, string reason)
    {
        Assert.Null(PathRecord.Decode(value, out var refusal));
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/b c/ä…")]
    [InlineData("a/..b/...")]
    public void Plain_paths_are_accepted(string relative) => Assert.Null(PathRules.Refuse(relative));

    [Theory]
    [InlineData("..", "not a plain one")]
    [InlineData("a/../b", "not a plain one")]
    [InlineData("./a", "not a plain one")]
    [InlineData("/etc/passwd", "not a plain one")]
    [InlineData("a//b", "not a plain one")]
    [InlineData("a/", "not a plain one")]
    [InlineData("a\nb", "control characters")]
    [InlineData("a/.akka-failover-new-0", "unfinished files")]
    public void Paths_that_lead_elsewhere_are_refused(string relative, string reason) =>
        Assert.Contains(reason, PathRules.Refuse(relative), StringComparison.Ordinal);

    [Fact]
    public void Depth_and_names_have_bounds()
    {
        Assert.Null(PathRules.Refuse(string.Join('/', Enumerable.Repeat("d", PathRules.MaxDepth))));
        Assert.NotNull(PathRules.Refuse(string.Join('/', Enumerable.Repeat("d", PathRules.MaxDepth + 1))));
        Assert.Null(PathRules.Refuse(new string('x', 255)));
        Assert.NotNull(PathRules.Refuse(new string('ä', 128)));
    }

    [Theory]
    [InlineData("link", "file", null)]
    [InlineData("a/link", "../file", null)]
    [InlineData("a/b/link", "../.././c/d", null)]
    [InlineData("link", "/etc/passwd", "absolute")]
    [InlineData("link", "../file", "leads out")]
    [InlineData("a/link", "../../file", "leads out")]
    [InlineData("a/link", ".././../file", "leads out")]
    [InlineData("link", "folder/../../file", "down and up")]
    [InlineData("link", "other/../file", "down and up")]
    [InlineData("link", "", "1 to 4095")]
    [InlineData("", "file", "the path itself")]
    public void A_link_stays_in_its_root(string relative, string target, string? reason)
    {
        var refusal = PathRules.RefuseLink(relative, target);
        if (reason is null) Assert.Null(refusal);
        else Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_content_is_a_blob_is_the_same_after_encoding_and_decoding()
    {
        var blob = BlobRef.Of(Digest.Of("x"u8), 5L << 20)!;
        var value = new PathRecord(0x1A4, 5, 6, blob).Encode();
        var read = PathRecord.Decode(value, out _)!;
        Assert.Equal((PathKind.File, 0x1A4, 5u, 6u), (read.Kind, read.Mode, read.Owner, read.Group));
        Assert.Equal(blob, Assert.IsType<PathContent.Kept>(read.Content).Blob);
        Assert.Equal(blob, PathRecord.BlobIn(value));
    }

    [Theory]
    [InlineData(1, (byte)PathKind.Folder)]
    [InlineData(1, (byte)PathKind.Link)]
    [InlineData(12, 2)]
    [InlineData(45, 1)] // more than a blob may have
    public void Only_a_file_names_a_blob_and_only_one_that_can_be(int at, byte value)
    {
        var bytes = new PathRecord(0x1A4, 5, 6, BlobRef.Of(Digest.Of("x"u8), 5L << 20)!).Encode();
        bytes[at] = value;
        Assert.Null(PathRecord.BlobIn(bytes));
        Assert.Null(PathRecord.Decode(bytes, out var refusal));
        Assert.Contains("kept elsewhere", refusal, StringComparison.Ordinal);
        Assert.Null(PathRecord.Decode(bytes.AsSpan(0, bytes.Length - 1), out _));
    }

    [Fact]
    public void A_database_has_a_key_that_no_other_path_has()
    {
        var name = PathKeys.OfDatabase("users");
        Assert.Equal("db:users", PathKeys.Of(name, ""));
        Assert.True(PathKeys.IsKey("db:users"));
        Assert.Equal("", PathKeys.RelativeOf(name, "db:users"));
        Assert.Null(PathKeys.RelativeOf(name, "path:users"));
        Assert.Null(PathKeys.RelativeOf("users", "db:users"));
        Assert.Null(PathKeys.RelativeOf(name, "db:users2"));
    }

    [Theory]
    [InlineData("path:vpn", "")]
    [InlineData("path:vpn/a/b", "a/b")]
    [InlineData("path:vpn/", null)]
    [InlineData("path:vpn2/a", null)]
    [InlineData("path:vp", null)]
    [InlineData("vpn/a", null)]
    public void A_key_names_one_path(string key, string? relative)
    {
        Assert.Equal(relative, PathKeys.RelativeOf("vpn", key));
        if (relative is not null) Assert.Equal(key, PathKeys.Of("vpn", relative));
    }
}
