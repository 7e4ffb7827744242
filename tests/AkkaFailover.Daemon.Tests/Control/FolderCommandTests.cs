using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>Keys as files of a folder, in both directions.</summary>
public sealed class FolderCommandTests : ControlLab
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("folder-commands-");
    private readonly Dictionary<string, byte[]> _held = new(StringComparer.Ordinal);
    private ImportEntries? _import;

    public FolderCommandTests()
    {
        When<GetHeld>(_ => new HeldEntries(new Mark(7, Digest.None), _held.Aggregate(EntryMap.Empty, (all, pair) => all.With(pair.Key, new Entry(pair.Value, 1, Digest.Of(pair.Value))))));
        When<ImportEntries>(import =>
        {
            _import = import;
            var held = ReplicaState.Empty;
            return new PlanDone(ChangePlan.Import(held, import.Entries, import.Exact), import.DryRun ? null : 8, true);
        });
    }

    private string Target => Path.Combine(_folder.FullName, "out");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_exported_is_imported_as_it_was()
    {
        var largest = new byte[ChangeRules.MaxValueBytes];
        Random.Shared.NextBytes(largest);
        foreach (var (key, value) in new (string, byte[])[]
        {
            ("server/port", "1194"u8.ToArray()), ("server", [0, 255]), ("../../etc/passwd", []), ("/absolute", [1]), ("100 % größer", [2]),
            (new string('x', 500), [3]), ("large/1", largest), ("large/2", largest), ("large/3", largest),
        })
            _held[key] = value;
        _held["path:pki/ca.crt"] = [9];
        var export = await CtlAsync(["config", "export", Target, "--output", "json"]);
        Assert.Equal(("""{"group":"vpn","version":7,"keys":9,"leftOut":1}""" + "\n", "", 0), (export.Out, export.Error, export.Code));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "etc", "passwd")));
        Assert.Equal("1194", await File.ReadAllTextAsync(Path.Combine(Target, "server", "port")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.FullName));
        Assert.All(Directory.GetFiles(Target, "*", SearchOption.AllDirectories), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));

        Assert.Equal(0, (await CtlAsync(["config", "import", Target, "--exact"])).Code);
        Assert.Equal(("root (import)", true, false), (_import!.By, _import.Exact, _import.DryRun));
        Assert.Equal(_held.Keys.Where(key => key[0] != 'p').Order(StringComparer.Ordinal), _import.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(_import.Entries, pair => Assert.Equal(_held[pair.Key], pair.Value));
    }

    [Fact]
    public async Task An_import_shows_what_it_changes()
    {
        Directory.CreateDirectory(Path.Combine(Target, "server"));
        await File.WriteAllTextAsync(Path.Combine(Target, "server", "port"), "443");
        var ran = await CtlAsync(["config", "import", Target, "--dry-run"]);
        Assert.Equal(0, ran.Code);
        Assert.Contains("add     server/port  3 B", ran.Out, StringComparison.Ordinal);
        Assert.Contains("a dry run: 1 key would change", ran.Out, StringComparison.Ordinal);
        Assert.True(_import!.DryRun);
        var json = JsonNode.Parse((await CtlAsync(["config", "import", Target, "--output", "json"])).Out)!;
        Assert.Equal((8, true, "add"), ((long)json["version"]!, (bool)json["replicated"]!, (string?)json["changes"]![0]!["operation"]));
    }

    [Fact]
    public async Task An_export_writes_nothing_where_something_is()
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine"), "x");
        var ran = await CtlAsync(["config", "export", Target]);
        Assert.Equal(1, ran.Code);
        Assert.Contains("is there already, and not an empty folder", ran.Error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Target, "mine")], Directory.GetFileSystemEntries(Target));
    }

    [Fact]
    public async Task An_export_that_fails_leaves_nothing()
    {
        When<GetHeld>(_ => null);
        var ran = await CtlAsync(["config", "export", Target]);
        Assert.Equal(2, ran.Code);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData("link", "is neither a file nor a folder")]
    [InlineData("pipe", "is neither a file nor a folder")]
    [InlineData("percent", "a percent sign in a key is %25 in a path")]
    [InlineData("reserved", "keys like 'path:x' are reserved")]
    [InlineData("twice", "another file has the key 'a' too")]
    [InlineData("no folder", "is not a folder")]
    [InlineData("too much", "more than a request may hold")]
    public async Task What_cannot_be_imported_is_named_and_nothing_is_sent(string trouble, string expected)
    {
        var folder = trouble == "no folder" ? Path.Combine(_folder.FullName, "nowhere") : Directory.CreateDirectory(Target).FullName;
        string Of(string name) => Path.Combine(folder, name);
        switch (trouble)
        {
            case "link": File.CreateSymbolicLink(Of("link"), "/etc/passwd"); break;
            case "pipe": Process.Start("mkfifo", [Of("pipe")]).WaitForExit(); break;
            case "percent": await File.WriteAllTextAsync(Of("50%"), "x"); break;
            case "reserved": await File.WriteAllTextAsync(Of("path:x"), "x"); break;
            case "twice":
                await File.WriteAllTextAsync(Of("a"), "x");
                await File.WriteAllTextAsync(Of("a%file"), "y");
                break;
            case "too much":
                for (var i = 0; i < 7; i++) await File.WriteAllBytesAsync(Of($"{i}"), new byte[1 << 20]);
                break;
        }
        var ran = await CtlAsync(["config", "import", folder]);
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
        Assert.Null(_import);
    }

    [Fact]
    public async Task A_program_sends_and_gets_files_over_the_socket()
    {
        _held["a/b"] = "x"u8.ToArray();
        using var wire = Connect();
        await wire.SendAsync("""{"id":1,"argv":["config","import","DIR"],"files":[{"path":"k","content":"eA=="}]}""" + "\n");
        Assert.Contains("\"version\":8", await wire.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("x", Encoding.UTF8.GetString(_import!.Entries["k"]));
        await wire.SendAsync("""{"id":2,"argv":["config","export","DIR"]}""" + "\n");
        Assert.Equal("""{"id":2,"code":0,"more":true,"files":[{"path":"a/b","content":"eA=="}]}""", await wire.ReadAsync());
        await wire.ReadAsync();
        await wire.SendAsync("""{"id":3,"argv":["config","import","DIR"]}""" + "\n");
        Assert.Contains("the request has no files", await wire.ReadAsync(), StringComparison.Ordinal);
    }
}
