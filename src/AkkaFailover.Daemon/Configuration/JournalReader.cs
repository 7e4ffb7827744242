using System.Text;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;
using Npgsql;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads <c>failover.journal</c>.</summary>
internal static class JournalReader
{
    private const string Example = "\"Host=127.0.0.1;Database=failover;Username=failover;Password=…\"";

    public static JournalSettings Read(Section journal, NodeName node, ConfigurationFiles files)
    {
        var provider = journal["provider"];
        var connection = journal.Secret("connection-string");
        if (provider.Choice(("sqlite", JournalProvider.Sqlite), ("postgresql", JournalProvider.PostgreSql)) == JournalProvider.PostgreSql)
        {
            if (node.Value?.Length > PostgreSqlJournal.LongestNode)
                provider.Error($"the node's name is too long for a schema of PostgreSQL", $"name the node with at most {PostgreSqlJournal.LongestNode} characters");
            return new JournalSettings(JournalProvider.PostgreSql, ReadConnection(connection, files));
        }
        if (connection.Text().Length > 0)
            connection.Error("has no effect with provider = sqlite", "write provider = postgresql, or remove it");
        return new JournalSettings(JournalProvider.Sqlite, null);
    }

    private static Secret ReadConnection(Setting setting, ConfigurationFiles files)
    {
        var text = setting.Required(Example);
        if (text.Length > 0) Check(text, setting, files);
        return new Secret(Encoding.UTF8.GetBytes(text));
    }

    private static void Check(string text, Setting setting, ConfigurationFiles files)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(parts.Host) || parts.Host.Contains(',', StringComparison.Ordinal))
                setting.Error("it must name one Host: a journal is in one place", $"write {Example}");
            if (string.IsNullOrEmpty(parts.Database))
                setting.Error("it names no Database", $"write {Example}");
            if (!string.IsNullOrEmpty(parts.Password))
                ConfigurationFiles.WarnIfOpen(files.Self, setting);
        }
        // Its own words would repeat a part of the text.
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or InvalidOperationException or OverflowException)
        {
            setting.Error("not a connection string of PostgreSQL", $"write {Example}");
        }
    }
}
