using AkkaFailover.Core;

namespace AkkaFailover.Linux.Guard;

/// <summary>What a guard is started with; its command line is <c>--lock FILE --interface NAME ADDRESS…</c>.</summary>
/// <param name="LockFile">The file whose lock the guard holds for its life.</param>
/// <param name="Interface">Where the release advert is sent.</param>
/// <param name="Addresses">The group's addresses, at least one.</param>
public sealed record GuardOptions(string LockFile, string Interface, IReadOnlyList<VirtualAddress> Addresses)
{
    /// <summary>The options of one group's guard.</summary>
    public static GuardOptions For(string stateDir, GroupName group, string interfaceName, IReadOnlyList<VirtualAddress> addresses) =>
        new(Path.Combine(stateDir, $"{group}.guard"), interfaceName, addresses);

    /// <summary>The command line.</summary>
    public IEnumerable<string> ToArguments() =>
        ["--lock", LockFile, "--interface", Interface, .. Addresses.Select(a => $"{a} dev {a.Interface}")];

    /// <summary>Reads a command line.</summary>
    /// <returns>Null where it has another form; <paramref name="error"/> says why.</returns>
    public static GuardOptions? Parse(ReadOnlySpan<string> arguments, out string? error)
    {
        error = "usage: akka-failover-guard --lock FILE --interface NAME ADDRESS/PREFIX…";
        if (arguments is not ["--lock", var lockFile, "--interface", var interfaceName, _, ..]) return null;
        var addresses = new List<VirtualAddress>();
        foreach (var text in arguments[4..])
        {
            if (!VirtualAddress.TryParse(text, interfaceName, out var address, out error)) return null;
            addresses.Add(address!);
        }
        error = null;
        return new GuardOptions(lockFile, interfaceName, addresses);
    }
}
