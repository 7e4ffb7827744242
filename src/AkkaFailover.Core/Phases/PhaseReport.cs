using System.Globalization;
using System.Text.Json.Nodes;

namespace AkkaFailover.Core.Phases;

/// <summary>What a report is about.</summary>
public enum ReportKind
{
    /// <summary>A node took the role over, or tried to.</summary>
    Failover,

    /// <summary>A node gave the role up.</summary>
    Release,

    /// <summary>A standby proved that it could take over.</summary>
    Rehearsal,
}

/// <summary>One phase; the phases of a report follow each other without a gap.</summary>
/// <param name="Name">In lower case, always the same for the same work.</param>
/// <param name="Milliseconds">How long it took, to the tenth.</param>
/// <param name="Detail">What was done, or what shows it; empty for nothing to say.</param>
public sealed record Phase(string Name, double Milliseconds, string Detail)
{
    /// <summary>The last phase of a failover, where a client can be seen: until the first one came back.</summary>
    public const string FirstClient = "first client";
}

/// <summary>Where the time of a failover, a release or a rehearsal went.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Term">The term that was claimed or released; <see cref="Term.None"/> where there is none.</param>
/// <param name="Failure">Why it came to nothing, in its last phase; empty where it was done.</param>
/// <param name="Phases">In their order.</param>
/// <param name="Evidence">What it was decided on.</param>
public sealed record PhaseReport(ReportKind Kind, Term Term, string Failure, IReadOnlyList<Phase> Phases, string Evidence)
{
    /// <summary>Whether it was done.</summary>
    public bool Ok => Failure.Length == 0;

    /// <summary>The sum of all phases.</summary>
    public double TotalMilliseconds => Math.Round(Phases.Sum(phase => phase.Milliseconds), 1);

    /// <summary>The kind in lower case: the kind of its line in the history.</summary>
    public string Word => Kind.ToString().ToLowerInvariant();

    /// <summary>One sentence with every phase.</summary>
    public string Text
    {
        get
        {
            var work = Phases.Where(phase => phase.Name != Phase.FirstClient).ToList();
            var parts = work.Count == 0 ? "" : $": {string.Join(", ", work.Select(phase => $"{phase.Name} {Short(phase.Milliseconds)}"))} ms";
            var client = Ok && work.Count < Phases.Count ? $"; {Phase.FirstClient} after {Duration(TotalMilliseconds)}" : "";
            var failed = Ok ? "" : $"; it failed there: {Failure}";
            // Of a claim the change of role says it, a line before.
            var about = Kind == ReportKind.Rehearsal && Evidence.Length > 0 ? $"; {Evidence}" : "";
            return $"{Headline(Duration(work.Sum(phase => phase.Milliseconds)))}{parts}{client}{failed}{about}";
        }
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["kind"] = Word,
        ["term"] = Term.Value,
        ["result"] = Ok ? "ok" : "failed",
        ["failure"] = Failure,
        ["evidence"] = Evidence,
        ["totalMilliseconds"] = TotalMilliseconds,
        ["phases"] = new JsonArray([.. Phases.Select(phase =>
            new JsonObject { ["name"] = phase.Name, ["milliseconds"] = phase.Milliseconds, ["detail"] = phase.Detail })]),
    };

    /// <summary>A duration in words: 3.2 ms, 742 ms, 1.24 s, 20.4 s.</summary>
    public static string Duration(double milliseconds) => milliseconds switch
    {
        < 1_000 => $"{Short(milliseconds)} ms",
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:0.00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:0.0} s"),
    };

    private static string Short(double milliseconds) =>
        milliseconds.ToString(milliseconds < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);

    private string Headline(string time) => (Kind, Ok) switch
    {
        (ReportKind.Failover, true) => $"active under term {Term} after {time}",
        (ReportKind.Failover, false) => $"claim of term {Term} ended after {time}",
        (ReportKind.Release, true) => $"released under term {Term} in {time}",
        (ReportKind.Release, false) => $"release of term {Term} ended after {time}",
        (_, true) => $"rehearsed in {time}",
        _ => $"rehearsal ended after {time}",
    };
}
