using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>Changes of the configuration: their bytes, their order, their answers.</summary>
public sealed class ConfigCommandTests : ControlLab
{
    private readonly ConcurrentQueue<ChangeEntry> _changes = [];

    public ConfigCommandTests() =>
        When<ChangeEntry>(change =>
        {
            _changes.Enqueue(change);
            return change.Key.StartsWith("refused", StringComparison.Ordinal) ? new ChangeRefused(change.Key, "this node is standby: ask b")
                : change.Key == "uncertain" ? new ChangeRefused(change.Key, "the disk is full", Uncertain: true)
                : new ChangeAcknowledged(change.Key, _changes.Count, _changes.Count % 2 == 0);
        });

    [Fact]
    public async Task A_set_says_where_the_change_is_and_who_made_it_is_recorded()
    {
        var ran = await CtlAsync(["config", "set", "a key", "größer", "--output", "json"]);
        Assert.Equal(("""{"key":"a key","version":1,"replicated":false}""" + "\n", 0), (ran.Out, ran.Code));
        var change = Assert.Single(_changes);
        Assert.Equal(("a key", "größer", "root"), (change.Key, Encoding.UTF8.GetString(change.Value!), change.By));
    }

    [Fact]
    public async Task A_refused_change_that_may_be_there_all_the_same_says_so()
    {
        var ran = await CtlAsync(["config", "set", "uncertain", "value", "--output", "json"]);
        Assert.NotEqual(0, ran.Code);
        Assert.Contains("the disk is full; whether it counts shows on the active when both nodes are in sync again, or on the other node when that is active: failoverctl config get uncertain", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_looks_like_an_option_stands_behind_two_hyphens()
    {
        Assert.Equal(0, (await CtlAsync(["config", "set", "key", "--", "--output"])).Code);
        Assert.Equal("--output", Encoding.UTF8.GetString(Assert.Single(_changes).Value!));
    }

    [Fact]
    public async Task A_refused_change_exits_1_with_the_reason()
    {
        var ran = await CtlAsync(["config", "set", "refused", "x"]);
        Assert.Equal((1, "", "failoverctl: this node is standby: ask b\n"), (ran.Code, ran.Out, ran.Error));
    }

    [Fact]
    public async Task A_file_arrives_byte_for_byte()
    {
        var bytes = new byte[100_000];
        Random.Shared.NextBytes(bytes);
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, bytes);
        var ran = await CtlAsync(["config", "set", "blob", "--file", file]);
        File.Delete(file);
        Assert.Equal(0, ran.Code);
        Assert.Equal(bytes, Assert.Single(_changes).Value);
    }

    [Fact]
    public async Task A_file_of_one_hyphen_is_standard_input()
    {
        Assert.Equal(0, (await CtlAsync(["config", "set", "key", "--file", "-"], "from a pipe\n")).Code);
        Assert.Equal("from a pipe\n", Encoding.UTF8.GetString(Assert.Single(_changes).Value!));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_before_it_is_sent()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[ControlProtocol.MaxDataBytes + 1]);
        var ran = await CtlAsync(["config", "set", "key", "--file", file]);
        File.Delete(file);
        Assert.Equal(1, ran.Code);
        Assert.Contains("may have at most", ran.Error, StringComparison.Ordinal);
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task The_largest_value_arrives()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[ControlProtocol.MaxDataBytes]);
        var ran = await CtlAsync(["config", "set", "key", "--file", file]);
        File.Delete(file);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(ControlProtocol.MaxDataBytes, Assert.Single(_changes).Value!.Length);
    }

    [Fact]
    public async Task A_value_comes_out_bare()
    {
        Assert.Equal([0, 255, 10, 13], (await CtlAsync("config get server/key")).Bytes);
        Assert.Equal("""{"key":"server/key","version":1042,"valueBase64":"AP8KDQ=="}""" + "\n", (await CtlAsync("config get server/key --output json")).Out);
    }

    [Fact]
    public async Task A_secret_is_told_by_its_fingerprint_unless_it_is_to_be_revealed()
    {
        var ran = await CtlAsync("config get server/server.key");
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains("a secret with fingerprint addb0f5e7826c857", ran.Error, StringComparison.Ordinal);
        var json = await CtlAsync("config get server/server.key --output json");
        Assert.Equal(1, json.Code);
        Assert.Equal("{'key':'server/server.key','version':1042,'secret':true,'fingerprint':'addb0f5e7826c857'}\n".Replace('\'', '"'), json.Out);
        Assert.DoesNotContain("geheim", ran.Error + json.Error, StringComparison.Ordinal);
        Assert.Equal("geheim", (await CtlAsync("config get server/server.key --reveal")).Out);
    }

    [Fact]
    public async Task Many_changes_from_standard_input_are_made_and_answered_in_their_order()
    {
        const int Count = 2_000;
        var input = string.Concat(Enumerable.Range(1, Count).Select(i => $"{{\"key\":\"k{i}\",\"value\":\"v{i}\"}}\n"));
        var ran = await CtlAsync("config set --stdin", input);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"k{i}"), _changes.Select(change => change.Key));
        var answers = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"k{i} {i}"), answers.Select(answer => $"{answer["key"]} {answer["version"]}"));
    }

    [Fact]
    public async Task Each_line_of_standard_input_is_answered_also_the_wrong_ones()
    {
        var ran = await CtlAsync("config set --stdin", """
            {"key":"text","value":"a"}
            {"key":"bytes","valueBase64":"AP8="}

            {"key":"gone","remove":true}
            {"key":"refused","value":"x"}
            {"key":"both","value":"x","remove":true}
            {"value":"x"}
            not json
            """);
        Assert.Equal(1, ran.Code);
        var lines = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.Equal("""{"key":"text","version":1,"replicated":false}""", lines[0]);
        Assert.Equal("""{"key":"bytes","version":2,"replicated":true}""", lines[1]);
        Assert.Equal("""{"key":"gone","version":3,"replicated":false}""", lines[2]);
        Assert.Equal("""{"key":"refused","error":"this node is standby: ask b"}""", lines[3]);
        Assert.StartsWith("""{"key":"both","error":"the line needs one of""", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("""{"key":"","error":"the line is not an object""", lines[5], StringComparison.Ordinal);
        Assert.StartsWith("""{"key":"","error":"the line is not JSON""", lines[6], StringComparison.Ordinal);
        Assert.Equal([0, 255], _changes.ElementAt(1).Value);
        Assert.Null(_changes.ElementAt(2).Value);
    }

    [Theory]
    [InlineData("""{"key":"\ud800","value":"x"}""", "")]
    [InlineData("""{"key":"k","value":"a\ud800"}""", "k")]
    [InlineData("""{"key":"k","valueBase64":"\udc00"}""", "k")]
    [InlineData("""{"key":"k","v\ud800":"x"}""", "k")]
    public async Task A_line_with_half_a_surrogate_pair_is_answered_and_the_next_one_is_made(string line, string key)
    {
        var ran = await CtlAsync("config set --stdin", line + "\n" + """{"key":"next","value":"x"}""");
        Assert.Equal((1, ""), (ran.Code, ran.Error));
        var answers = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, answers.Length);
        Assert.StartsWith($$"""{"key":"{{key}}","error":""", answers[0], StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"key":"next","version":1""", answers[1], StringComparison.Ordinal);
        Assert.Equal("next", Assert.Single(_changes).Key);
    }

    // A program's own connection: failoverctl reads its input as text.
    [Theory]
    [InlineData("{\"key\":\"\u00ff\",\"value\":\"x\"}", "")]
    [InlineData("{\"key\":\"k\",\"value\":\"a\u00ff\"}", "k")]
    public async Task A_line_whose_octets_are_no_UTF_8_is_answered_with_its_key(string octets, string key)
    {
        using var wire = Connect();
        await wire.SendAsync($$"""{"id":7,"argv":["config","set","--stdin"],"data":"{{Convert.ToBase64String(Encoding.Latin1.GetBytes(octets))}}"}""" + "\n");
        var answer = JsonNode.Parse((await wire.ReadAsync())!)!;
        Assert.Equal((7, 64), ((int)answer["id"]!, (int)answer["code"]!));
        Assert.Equal(key, (string)answer["data"]!["key"]!);
        Assert.StartsWith("a string of the line is no text", (string)answer["data"]!["error"]!, StringComparison.Ordinal);
        Assert.Empty(_changes);
    }
}
