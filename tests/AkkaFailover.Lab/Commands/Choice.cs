namespace AkkaFailover.Lab.Commands;

/// <summary>What a command line chooses by key.</summary>
internal static class Choice
{
    /// <summary>The ones with these keys, in the order of the keys; all of them where none is given.</summary>
    /// <exception cref="LabException">A key that none of them has.</exception>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> all, IReadOnlyList<string> keys, Func<T, string> keyOf) =>
        keys.Count == 0 ? all : keys.Select(key => all.FirstOrDefault(each => keyOf(each) == key)
            ?? throw new LabException($"no {key}: there are {string.Join(", ", all.Select(keyOf))}"));
}
