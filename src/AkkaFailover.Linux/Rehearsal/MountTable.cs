using System.Globalization;
using System.Text;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>One line of /proc/self/mountinfo.</summary>
/// <param name="Where">Where it is mounted.</param>
/// <param name="Type">The file system.</param>
/// <param name="Flags">ro, nosuid, nodev, noexec as mount(2) takes them.</param>
internal sealed record MountEntry(string Where, string Type, ulong Flags)
{
    /// <summary>Whether nothing can be written there anyway.</summary>
    public bool IsReadOnly => (Flags & Mounts.ReadOnly) != 0;
}

/// <summary>What is mounted.</summary>
internal static class MountTable
{
    /// <summary>More are not looked at; a host with hundreds of containers has as many.</summary>
    public const int Most = 2_000;

    private const int WhereField = 4;
    private const int OptionsField = 5;

    /// <summary>Reads the lines, in their order: what is mounted later may hide what was mounted before.</summary>
    /// <exception cref="IOException">There are too many.</exception>
    public static IReadOnlyList<MountEntry> Read(IEnumerable<string> lines)
    {
        var entries = lines.Select(ReadLine).OfType<MountEntry>().Take(Most + 1).ToList();
        return entries.Count <= Most ? entries : throw new IOException($"this host has more than {Most} mounts");
    }

    private static MountEntry? ReadLine(string line)
    {
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-");
        if (separator <= OptionsField || separator + 1 >= fields.Length || fields[separator + 1].Length == 0) return null;
        return new MountEntry(Unescape(fields[WhereField]), fields[separator + 1], fields[OptionsField].Split(',').Aggregate(0UL, (flags, option) => flags | FlagOf(option)));
    }

    private static ulong FlagOf(string option) => option switch
    {
        "ro" => Mounts.ReadOnly,
        "nosuid" => Mounts.NoSetId,
        "nodev" => Mounts.NoDevices,
        "noexec" => Mounts.NoPrograms,
        _ => 0,
    };

    /// <summary>The kernel writes blank, tab, newline and backslash as a backslash with three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                bytes.Add((byte)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString(CultureInfo.InvariantCulture)));
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
