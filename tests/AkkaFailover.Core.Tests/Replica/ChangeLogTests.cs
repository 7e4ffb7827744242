using AkkaFailover.Core.Replica;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class ChangeLogTests
{
    private enum Operation
    {
        Append,
        Commit,
        Keep,
        Forget,
    }

    private static readonly Gen<(Operation, double, int)> Operations = Gen.Select(
        Gen.Frequency((4, Gen.Const(Operation.Append)), (4, Gen.Const(Operation.Commit)), (1, Gen.Const(Operation.Keep)), (1, Gen.Const(Operation.Forget))),
        Gen.Double[0, 1],
        Gen.Int[1, 150]);

    [Fact]
    public void It_has_what_a_list_has() => Operations.Array[0, 60].Sample(
        operations =>
        {
            var (log, model, committed, version) = (ChangeLog.Empty, new List<LogItem>(), 0, 0L);
            foreach (var (operation, share, count) in operations)
            {
                var place = (int)(share * model.Count);
                switch (operation)
                {
                    case Operation.Append:
                        var changes = Enumerable.Range(0, count).Select(_ => Change(++version)).ToArray();
                        log = log.Append(changes);
                        model.AddRange(changes.Select(change => new LogItem(change, false, null)));
                        break;
                    case Operation.Commit:
                        var end = Math.Min(committed + count, model.Count);
                        for (var i = committed; i < end; i++) model[i] = model[i] with { Replicated = share > 0.5, Before = i % 3 == 0 ? null : Entry(i) };
                        log = log.Commit(committed, model[committed..end]);
                        committed = end;
                        break;
                    case Operation.Keep:
                        log = log.Keep(place);
                        model.RemoveRange(place, model.Count - place);
                        committed = Math.Min(committed, place);
                        break;
                    case Operation.Forget:
                        place = Math.Min(place, committed);
                        log = log.Forget(place);
                        model.RemoveRange(0, place);
                        committed -= place;
                        break;
                }
                Assert.Equal((model.Count, model.Sum(item => (long)item.Chained.Change.Weight)), (log.Count, log.Weight));
                if (model.Count > 0) Assert.Equal(Told(model[place % model.Count]), Told(log[place % model.Count]));
                place = Math.Min(place, model.Count);
                Assert.Equal(model[place..].Select(Told), log.From(place).Select(Told));
            }
            Assert.Equal(model.Select(Told), log.Select(Told));
        },
        iter: 300);

    [Fact]
    public void Large_values_stay_as_they_are()
    {
        var changes = Enumerable.Range(1, 300).Select(version => Change(version, version is > 100 and < 200 ? new byte[20_000] : [])).ToArray();
        var log = ChangeLog.Empty.Append(changes).Commit(0, [.. changes.Select(change => new LogItem(change, true, null))]);
        Assert.Same(changes[150].Change, log[150].Chained.Change);
        Assert.NotSame(changes[0].Change, log[0].Chained.Change);
        Assert.Equal(Enumerable.Range(1, 300), log.Select(item => (int)item.Chained.Change.Version));
        Assert.Equal(Enumerable.Range(251, 50), log.Forget(250).Select(item => (int)item.Chained.Change.Version));
        Assert.Equal(Enumerable.Range(1, 70), log.Keep(70).Select(item => (int)item.Chained.Change.Version));
    }

    private static ChainedChange Change(long version) => Change(version, version % 5 == 0 ? null : new byte[version % 40]);

    private static ChainedChange Change(long version, byte[]? value)
    {
        var at = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(version);
        var change = new Change(version, new Term((uint)(version % 7)), at, $"root {version % 3}", $"key\u00e4\U0001F600/{version}", value);
        return new ChainedChange(change, Digest.Of(BitConverter.GetBytes(version)));
    }

    private static Entry Entry(int i) => new(new byte[i % 20], i, Digest.Of(BitConverter.GetBytes(i)));

    private static string Told(LogItem item)
    {
        var ((change, chain), replicated, before) = item;
        return $"{change.Version} {change.Term} {change.At:O} {change.By} {change.Key} {Told(change.Value)} {change.Content} {chain} {replicated} {before?.Version} {before?.Content} {Told(before?.Value)}";
    }

    private static string Told(byte[]? value) => value is null ? "none" : Convert.ToHexString(value);
}
