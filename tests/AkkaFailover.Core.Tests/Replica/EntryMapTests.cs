using AkkaFailover.Core.Replica;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class EntryMapTests
{
    // Few keys, so that they meet; some whose order differs between UTF-8 and UTF-16, and one of the greatest length.
    private static readonly string[] Special = ["a", "a/b", "a\U0001F600", "a\uFF5E", "conflict:1", "path:x", "z", new string('k', ChangeRules.MaxKeyBytes)];

    private static readonly Gen<string> Keys = Gen.Int[0, 400].Select(number => number < Special.Length ? Special[number] : $"entry/{number:d3}");

    // Some that do not fit into a leaf.
    private static readonly Gen<byte[]> Values = Gen.Frequency((20, Gen.Int[0, 60]), (2, Gen.Int[1000, 2100]), (1, Gen.Int[5000, 5001])).Select(length => new byte[length]);

    private static readonly Gen<(string Key, Entry? Entry)> Changes = Gen.Select(
        Keys, Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false))), Gen.Long[1, 1000], Values,
        (key, sets, version, value) => (key, sets ? Filled(key, version, value) : null));

    [Fact]
    public void It_has_what_a_sorted_dictionary_has() => Changes.Array[0, 800].Sample(
        changes =>
        {
            var (map, model) = (EntryMap.Empty, new SortedDictionary<string, Entry>(StringComparer.Ordinal));
            foreach (var (key, entry) in changes)
            {
                map = map.With(key, entry);
                if (entry is null) model.Remove(key);
                else model[key] = entry;
                Assert.Equal(entry?.Value, map.TryGetValue(key, out var found) ? found.Value : null);
            }
            ExpectEqual(model, map);
        },
        iter: 300);

    [Fact]
    public void Appended_entries_are_those_that_are_put_in_one_by_one() => Changes.Array[0, 800].Sample(
        changes =>
        {
            var model = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
            foreach (var (key, entry) in changes.Where(change => change.Entry is not null)) model[key] = entry!;
            var all = model.Select(pair => new KeyedEntry(pair.Key, pair.Value)).ToList();
            var map = all.Chunk(100).Aggregate(EntryMap.Empty, (before, part) => before.Append(part));
            ExpectEqual(model, map);
        },
        iter: 200);

    [Fact]
    public void A_map_does_not_change_with_the_one_that_is_made_of_it()
    {
        var first = EntryMap.Empty.With("k", Filled("k", 1, [0]));
        var second = first.With("k", Filled("k", 2, [0, 0])).With("l", Filled("l", 3, []));
        Assert.Equal((1, 1L, 1), (first.Count, first["k"].Version, first["k"].Value.Length));
        Assert.Equal(["k", "l"], second.Keys);
        Assert.Same(second, second.With("none", null));
        Assert.Throws<KeyNotFoundException>(() => first["l"]);
    }

    [Fact]
    public void A_large_value_lies_alone()
    {
        var map = Enumerable.Range(0, 100).Aggregate(EntryMap.Empty, (before, i) => before.With($"{i:d2}", Filled("x", i, new byte[i == 50 ? ChangeRules.MaxValueBytes : 1])));
        Assert.Equal(ChangeRules.MaxValueBytes, map["50"].Value.Length);
        Assert.Equal(100, map.Count);
        Assert.False(map.ContainsKey(new string('k', 100_000)));
        Assert.Equal(Enumerable.Range(51, 49).Select(i => $"{i:d2}"), map.After("50").Select(entry => entry.Key));
        Assert.Equal(["50", "51"], map.Under("5").Take(2).Select(entry => entry.Key));
    }

    private static void ExpectEqual(SortedDictionary<string, Entry> model, EntryMap map)
    {
        Assert.Equal(model, map);
        Assert.All(model, pair => Assert.Equal(pair.Value.Value, map[pair.Key].Value));
        Assert.Equal((model.Count, model.Sum(pair => (long)new KeyedEntry(pair.Key, pair.Value).Weight)), (map.Count, map.Weight));
        foreach (var key in new[] { "", "a", "conflict:", "entry/2", "entry/200", "zz" })
        {
            Assert.Equal(model.Keys.Where(own => string.CompareOrdinal(own, key) > 0), map.After(key).Select(entry => entry.Key));
            Assert.Equal(model.Keys.Where(own => own.StartsWith(key, StringComparison.Ordinal)), map.Under(key).Select(entry => entry.Key));
            Assert.Equal(model.ContainsKey(key), map.ContainsKey(key));
        }
    }

    // The value tells key and version, so that no two are taken for each other.
    private static Entry Filled(string key, long version, byte[] value)
    {
        for (var i = 0; i < value.Length; i++) value[i] = (byte)(key[i % key.Length] + version + i);
        return new Entry(value, version, Digest.Of(value));
    }
}
