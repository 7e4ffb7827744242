using System.Diagnostics;
using Npgsql;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>
/// A real PostgreSQL server of Debian's package on loopback, with a data directory of its own and fsync on; run as the user postgres,
/// since it refuses root.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>Must be in no log, no table and no error.</summary>
    public const string Password = "Geheim-0815";

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-").FullName;
    private readonly int _port = FreePort.Next();
    private int _databases;

    public PostgresServer()
    {
        File.WriteAllText(PasswordFile, Password);
        Run("chown", "-R", "postgres", _folder);
        AsPostgres("initdb", "--pgdata", Data, "--auth", "scram-sha-256", "--username", "failover", "--pwfile", PasswordFile);
        Start();
    }

    private static string Programs => Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    private string Data => Path.Combine(_folder, "data");

    private string PasswordFile => Path.Combine(_folder, "password");

    public string ConnectionString(string database, string password = Password) =>
        $"Host=127.0.0.1;Port={_port};Database={database};Username=failover;Password={password}";

    /// <summary>Makes a database.</summary>
    /// <returns>Its name.</returns>
    public string NewDatabase()
    {
        var name = $"journal_{++_databases}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    public int Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteNonQuery();
    }

    public void Start(string options = "-c fsync=on") => AsPostgres(
        "pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Path.Combine(_folder, "log"),
        "--options", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories='' {options}");

    /// <summary>Ends it as a power cut would: without a checkpoint.</summary>
    public void Kill() => AsPostgres("pg_ctl", "stop", "--wait", "--pgdata", Data, "--mode", "immediate");

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private static void AsPostgres(string program, params string[] arguments) => Run("runuser", ["-u", "postgres", "--", Path.Combine(Programs, program), .. arguments]);

    /// <summary>Runs a program to its end; a server that it leaves behind must not hold our pipes open, so there are none.</summary>
    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cd / && exec \"$@\" >/dev/null </dev/null", "sh", program, .. arguments]))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
