using System.Text;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Paths;

public sealed class PathComparisonTests
{
    private readonly Dictionary<string, WantedEntry> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Digest> _disk = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Digest> _agreed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left = [];

    public PathComparisonTests() => Everywhere("", Folder);

    [Fact]
    public void Where_all_agree_nothing_is_done()
    {
        Everywhere("a", File("1"));
        foreach (var diskWins in new[] { true, false }) AssertPlan(diskWins);
    }

    [Fact]
    public void The_active_takes_what_is_new_changed_and_gone()
    {
        Everywhere("changed", File("1"));
        _disk["changed"] = DigestOf(File("2"));
        Everywhere("gone", Folder);
        Everywhere("gone/inside", File("1"));
        _disk.Remove("gone/inside");
        _disk.Remove("gone");
        _disk["new"] = DigestOf(Folder);
        _disk["new/inside"] = DigestOf(File("1"));
        AssertPlan(diskWins: true, take: ["changed", "new", "new/inside", "gone/inside", "gone"]);
    }

    [Fact]
    public void The_active_writes_what_an_entry_changed_and_its_disk_did_not()
    {
        Everywhere("a", File("1"));
        _wanted["a"] = Entry(File("2"));
        AssertPlan(diskWins: true, write: ["a"]);
    }

    [Fact]
    public void On_the_active_the_disk_wins_where_both_changed()
    {
        Everywhere("a", File("1"));
        _wanted["a"] = Entry(File("2"));
        _disk["a"] = DigestOf(File("3"));
        AssertPlan(diskWins: true, take: ["a"]);
    }

    [Fact]
    public void The_root_that_is_gone_is_no_removal()
    {
        _disk.Remove("");
        AssertPlan(diskWins: true);
    }

    [Fact]
    public void The_standby_writes_what_entries_changed_without_calling_it_drift()
    {
        Everywhere("a", File("1"));
        Everywhere("b", File("1"));
        _wanted["a"] = Entry(File("2"));
        _wanted.Remove("b");
        _wanted["c"] = Entry(Folder);
        _wanted["c/d"] = Entry(File("1"));
        AssertPlan(diskWins: false, write: ["a", "c", "c/d"], remove: ["b"]);
    }

    [Fact]
    public void What_only_the_standby_has_is_drift_and_put_back_deepest_first()
    {
        Everywhere("a", File("1"));
        _disk["a"] = DigestOf(File("edited"));
        _disk["x"] = DigestOf(Folder);
        _disk["x/y"] = DigestOf(File("1"));
        AssertPlan(diskWins: false, write: ["a"], remove: ["x/y", "x"], drift: ["a", "x", "x/y"]);
    }

    [Fact]
    public void What_was_deleted_on_the_standby_is_written_again()
    {
        Everywhere("a", File("1"));
        _disk.Remove("a");
        AssertPlan(diskWins: false, write: ["a"]);
    }

    [Fact]
    public void What_could_not_be_judged_is_left_with_all_below()
    {
        Everywhere("a", Folder);
        Everywhere("a/b", File("1"));
        _disk.Remove("a");
        _disk.Remove("a/b");
        _left.Add("a");
        AssertPlan(diskWins: true);
        AssertPlan(diskWins: false);
    }

    [Fact]
    public void Entries_that_the_rules_refuse_are_not_written()
    {
        _wanted["../x"] = Entry(File("1"));
        _wanted["link"] = Entry(new PathRecord(PathKind.Link, 0, 0, 0, "/etc"u8.ToArray()));
        _wanted["file"] = Entry(File("1"));
        _wanted["file/inside"] = Entry(File("1"));
        _wanted["no-folder/inside"] = Entry(File("1"));
        _wanted["garbage"] = new WantedEntry([1, 2], Digest.Of([1, 2]));
        var plan = AssertPlan(diskWins: false, write: ["file"]);
        Assert.Equal(["../x", "file/inside", "garbage", "link", "no-folder/inside"], plan.Refused.Select(refused => refused.Relative));
    }

    [Fact]
    public void Batches_are_as_few_as_their_bounds_allow()
    {
        var small = Enumerable.Range(0, BatchRules.MaxChanges + 1).Select(i => new KeyChange($"path:x/{i}", [1])).ToList();
        Assert.Equal([BatchRules.MaxChanges, 1], PathComparison.Batches(small, "by").Select(batch => batch.Length));
        var large = Enumerable.Range(0, 5).Select(i => new KeyChange($"path:x/{i}", new byte[400_000])).Append(new KeyChange("path:x/max", new byte[ChangeRules.MaxValueBytes])).ToList();
        var batches = PathComparison.Batches(large, "by").ToList();
        Assert.Equal([2, 2, 1, 1], batches.Select(batch => batch.Length));
        Assert.All(batches, batch => Assert.Null(BatchRules.Refuse(batch, "by")));
        Assert.Equal(large, batches.SelectMany(batch => batch));
    }

    private static PathRecord Folder => new(PathKind.Folder, 0x1C0, 0, 0, []);

    private static PathRecord File(string content) => new(PathKind.File, 0x180, 0, 0, Encoding.UTF8.GetBytes(content));

    private static WantedEntry Entry(PathRecord record) => new(record.Encode(), DigestOf(record));

    private static Digest DigestOf(PathRecord record) => Digest.Of(record.Encode());

    private void Everywhere(string relative, PathRecord record)
    {
        _wanted[relative] = Entry(record);
        _disk[relative] = _agreed[relative] = DigestOf(record);
    }

    private PathPlan AssertPlan(bool diskWins, string[]? take = null, string[]? write = null, string[]? remove = null, string[]? drift = null)
    {
        var plan = PathComparison.Of(_wanted, _disk, _agreed, _left, diskWins);
        Assert.Equal(take ?? [], plan.Take);
        Assert.Equal(write ?? [], plan.Write.Select(one => one.Relative));
        Assert.Equal(remove ?? [], plan.Remove);
        Assert.Equal(drift ?? [], plan.Drift);
        return plan;
    }
}
