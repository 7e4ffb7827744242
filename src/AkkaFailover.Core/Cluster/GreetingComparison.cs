using System.Globalization;

namespace AkkaFailover.Core.Cluster;

/// <summary>In what two nodes' configurations of a group differ.</summary>
public enum GreetingDifferenceKind
{
    /// <summary>The peer has no such group.</summary>
    GroupMissing,

    /// <summary>Other virtual addresses or prefixes.</summary>
    Addresses,

    /// <summary>Another virtual host id.</summary>
    Vhid,

    /// <summary>Another passphrase.</summary>
    Passphrase,

    /// <summary>Another advert interval.</summary>
    Interval,

    /// <summary>Another deadline.</summary>
    Deadline,
}

/// <summary>One difference, with a sentence for the administrator.</summary>
public sealed record GreetingDifference(GreetingDifferenceKind Kind, string Text);

/// <summary>Compares what two nodes say of the same group.</summary>
public static class GreetingComparison
{
    /// <summary>The differences between this node's group and the peer's greeting, in the order of <see cref="GreetingDifferenceKind"/>.</summary>
    public static IReadOnlyList<GreetingDifference> Compare(GroupGreeting own, Greeting peer)
    {
        if (peer.Groups.FirstOrDefault(group => group.Name == own.Name) is not { } other)
        {
            return [new(GreetingDifferenceKind.GroupMissing, $"{peer.Node} has no group '{own.Name}': add it there, or remove it here")];
        }
        return [.. Differences(own, other, peer.Node)];
    }

    private static IEnumerable<GreetingDifference> Differences(GroupGreeting own, GroupGreeting other, NodeName peer)
    {
        if (!own.Addresses.ToHashSet().SetEquals(other.Addresses))
        {
            yield return new(
                GreetingDifferenceKind.Addresses,
                $"virtual-addresses: {string.Join(", ", own.Addresses)} here, {string.Join(", ", other.Addresses)} on {peer}; make them equal");
        }
        if (own.Vhid != other.Vhid)
        {
            yield return new(GreetingDifferenceKind.Vhid, $"carp.vhid: {own.Vhid} here, {other.Vhid} on {peer}; make them equal");
        }
        if (own.Key != other.Key)
        {
            yield return new(GreetingDifferenceKind.Passphrase, $"the passphrases here and on {peer} differ; make them equal");
        }
        if (own.Timing.Interval != other.Timing.Interval)
        {
            yield return new(
                GreetingDifferenceKind.Interval,
                $"advert interval: {Seconds(own.Timing.Interval)} here, {Seconds(other.Timing.Interval)} on {peer}");
        }
        if (own.Timing.Deadline != other.Timing.Deadline)
        {
            yield return new(
                GreetingDifferenceKind.Deadline,
                $"deadline: {Seconds(own.Timing.Deadline)} here, {Seconds(other.Timing.Deadline)} on {peer}; both use the larger one");
        }
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
