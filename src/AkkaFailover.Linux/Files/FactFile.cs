using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Linux.Files;

/// <summary>A group's facts as <c>key=value</c> lines in <c>state-dir/GROUP.term</c>.</summary>
public sealed class FactFile(string path) : IFactStore
{
    /// <inheritdoc/>
    public StoredFacts Load()
    {
        return File.Exists(path) ? Parse(File.ReadAllLines(path), path) : StoredFacts.None;
    }

    /// <summary>Reads the file's lines.</summary>
    /// <exception cref="FormatException">They say something else.</exception>
    internal static StoredFacts Parse(IEnumerable<string> lines, string path)
    {
        var values = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var parts = line.Split('=', 2);
            if (parts.Length != 2 || !ulong.TryParse(parts[1], out var value))
                throw new FormatException($"{path}: '{line}' is not key=number. Restore the file from a backup, or remove it if both nodes are stopped.");
            values[parts[0]] = value;
        }
        return new StoredFacts(TermOf("lived"), TermOf("reserved"), Number("active") != 0, Number("paused") != 0, Number("pause-epoch"));

        ulong Number(string key) => values.GetValueOrDefault(key);

        Term TermOf(string key) => Number(key) <= Term.MaxValue
            ? new Term((uint)Number(key))
            : throw new FormatException($"{path}: {key} is larger than {Term.MaxValue}. Restore the file from a backup, or remove it if both nodes are stopped.");
    }

    /// <inheritdoc/>
    public void Save(StoredFacts facts)
    {
        var text = $"lived={facts.Lived}\nreserved={facts.Reserved}\nactive={(facts.Active ? 1 : 0)}\npaused={(facts.Paused ? 1 : 0)}\npause-epoch={facts.PauseEpoch}\n";
        DurableFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(text));
    }
}
