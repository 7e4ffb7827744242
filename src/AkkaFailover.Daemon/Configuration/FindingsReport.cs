using System.Text.Json;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Writes errors and warnings for people and for programs.</summary>
public static class FindingsReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Three lines a finding: where and what stands there, the problem, the mend.</summary>
    public static void WriteText(TextWriter writer, string file, IReadOnlyList<ConfigurationError> errors, IReadOnlyList<ConfigurationWarning> warnings)
    {
        foreach (var error in errors) Write(writer, "error", error.Path, error.Value, error.Problem, error.Mend);
        foreach (var warning in warnings) Write(writer, "warning", warning.Path, warning.Value, warning.Problem, warning.Mend);
        writer.WriteLine($"{file}: {Count(errors.Count, "error")}, {Count(warnings.Count, "warning")}");
    }

    /// <summary>One JSON object on one line.</summary>
    public static void WriteJson(TextWriter writer, string file, IReadOnlyList<ConfigurationError> errors, IReadOnlyList<ConfigurationWarning> warnings) =>
        writer.WriteLine(JsonSerializer.Serialize(new { schema = 1, file, valid = errors.Count == 0, errors, warnings }, Json));

    private static void Write(TextWriter writer, string severity, string path, string value, string problem, string mend)
    {
        writer.WriteLine(value.Length > 0 ? $"{severity}: {path} = {value}" : $"{severity}: {path}");
        writer.WriteLine($"  problem: {problem}");
        writer.WriteLine($"  mend:    {mend}");
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
