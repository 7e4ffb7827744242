namespace AkkaFailover.Linux.Guard;

/// <summary>Where the guard's program lies.</summary>
public static class GuardProgram
{
    /// <summary>The file's name.</summary>
    public const string Name = "akka-failover-guard";

    /// <summary>Environment variable with another path, for development.</summary>
    public const string Variable = "AKKA_FAILOVER_GUARD";

    /// <summary>The program beside the running one, or where <see cref="Variable"/> points.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Find()
    {
        var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } other ? other : Path.Combine(AppContext.BaseDirectory, Name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"the guard program {path} is missing: install it beside akka-failover, or name it in {Variable}", path);
    }

    /// <summary>Whether a process runs the guard's program, also one that an upgrade has replaced on disk since.</summary>
    internal static bool IsRunBy(int process)
    {
        var target = new FileInfo($"/proc/{process}/exe").LinkTarget;
        return target is not null && Path.GetFileName(target) is Name or $"{Name} (deleted)";
    }
}
