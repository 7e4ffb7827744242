using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Configuration;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>What the daemon tells the program in the namespaces, besides the configuration file: a file in the scratch folder.</summary>
/// <param name="Room">What the service finds.</param>
/// <param name="Settings">The daemon's settings, as <see cref="FingerprintOf"/> has them.</param>
internal sealed partial record RehearsalPlan(RoomPlan Room, string Settings)
{
    private const string Name = "plan.json";

    /// <summary>The settings in force as one word: a file that was edited since the daemon read it is not what it would do.</summary>
    public static string FingerprintOf(IEnumerable<EffectiveKey> effective) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', effective.Select(key => $"{key.Path}={key.Value}")))))[..16];

    /// <summary>Writes it into the scratch folder.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string scratch) => File.WriteAllText(Path.Combine(scratch, Name), JsonSerializer.Serialize(this, PlanJson.Default.RehearsalPlan));

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It is not there, or not one.</exception>
    public static RehearsalPlan Read(string scratch)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(scratch, Name)), PlanJson.Default.RehearsalPlan) ?? throw new IOException($"{scratch}: an empty plan");
        }
        catch (JsonException e)
        {
            throw new IOException($"{scratch}: not a plan: {e.Message}");
        }
    }

    [JsonSerializable(typeof(RehearsalPlan))]
    private sealed partial class PlanJson : JsonSerializerContext;
}
