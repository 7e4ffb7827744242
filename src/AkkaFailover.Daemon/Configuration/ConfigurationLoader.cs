using Akka.Configuration;
using Akka.Configuration.Hocon;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a configuration file: settings, or all errors at once. Looks at files only, never at the host's network.</summary>
public static class ConfigurationLoader
{
    private const int LargestFile = 1 << 20;
    private const int LongestSocketPath = 107;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="time">The clock that certificates are judged by; null for the host's.</param>
    public static LoadedConfiguration Load(string file, TimeProvider? time = null)
    {
        var findings = new Findings();
        var effective = new List<EffectiveKey>();
        var files = new ConfigurationFiles(Path.GetFullPath(file), time ?? TimeProvider.System, findings);
        var config = files.ReadSelf(LargestFile) is { } text ? HoconText.Parse(text, Path.GetFileName(file), findings) : null;

        var settings = config is null ? null : Read(config, files, findings, effective);
        return new LoadedConfiguration(
            files.Self,
            findings.Errors.Count == 0 ? settings : null,
            config is null ? ConfigurationFactory.Empty : AkkaSection(config),
            effective,
            findings.Errors,
            findings.Warnings);
    }

    private static FailoverSettings? Read(Config config, ConfigurationFiles files, Findings findings, List<EffectiveKey> effective)
    {
        var root = new Section("", [LayerOf(config, ValueOrigin.File), LayerOf(Reference.Config, ValueOrigin.Default)], findings, effective);
        WarnOfStrayKeys(config, findings);
        var failover = root.Inner("failover");
        var settings = ReadFailover(failover, files, findings);
        failover.RefuseUnknownKeys();
        return settings;
    }

    private static FailoverSettings ReadFailover(Section failover, ConfigurationFiles files, Findings findings)
    {
        var node = ReadNode(failover["node"]);
        var stateDirectory = failover["state-dir"].AbsolutePath();
        var stopTimeout = failover["stop-timeout"];
        var notify = failover["notify"].List();
        var socket = ReadSocket(failover.Inner("control")["socket"]);
        var log = ReadLog(failover.Inner("log"));
        var cluster = ClusterReader.Read(failover.Inner("cluster"), node, files);
        var journal = JournalReader.Read(failover.Inner("journal"), node, files);
        var groups = ReadGroups(failover, cluster, files, findings);

        var stop = stopTimeout.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        if (groups.FirstOrDefault(group => group.Service.StopTimeout >= stop) is { } slow)
            stopTimeout.Error($"not longer than the stop-timeout of group '{slow.Name}'", "make it longer than the longest stop-timeout of the groups");
        return new FailoverSettings(node, stateDirectory, socket, cluster, journal, log, groups, stop, notify);
    }

    private static NodeName ReadNode(Setting setting)
    {
        var text = setting.Required("\"a\"");
        if (NodeName.TryParse(text, out var node)) return node;
        if (text.Length > 0) setting.Error("not a node name", $"write {NameRule.Text}");
        return default;
    }

    private static string ReadSocket(Setting setting)
    {
        var path = setting.AbsolutePath();
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestSocketPath)
            setting.Error("too long for a Unix socket", $"choose a path of at most {LongestSocketPath} bytes");
        return path;
    }

    private static LogSettings ReadLog(Section log)
    {
        var level = log["level"].Choice(("verbose", "verbose"), ("debug", "debug"), ("information", "information"), ("warning", "warning"), ("error", "error"));
        var file = log["file"];
        return new LogSettings(level, file.Text().Length > 0 ? file.AbsolutePath() : null) { Console = log["console"].Switch() };
    }

    private static IReadOnlyList<GroupSettings> ReadGroups(Section failover, ClusterSettings cluster, ConfigurationFiles files, Findings findings)
    {
        var section = failover.Inner("groups");
        var defaults = failover.LayersOf("group-defaults");
        if (section.Names.Count == 0) findings.Error(section.Path, "", "no group", "add one: groups { vpn { interface = \"eth0\", … } }");
        var groups = section.Names.Select(name => GroupReader.Read(name, section.Inner(name, defaults), files, findings)).ToList();
        GroupRules.Check(groups, cluster, findings);
        return groups;
    }

    /// <summary>Other top-level keys may feed substitutions, so they are no error; but a misspelt section would be lost without a word.</summary>
    private static void WarnOfStrayKeys(Config config, Findings findings)
    {
        string[] sections = ["failover", "akka"];
        foreach (var key in LayerOf(config, ValueOrigin.File).Block!.Items.Keys.Except(sections))
            if (Suggestion.Nearest(key, sections) is { } meant) findings.Error(key, "", "unknown section", $"did you mean '{meant}'?");
            else findings.Warning(key, "", "nothing reads this key", "put it under failover or akka, or remove it unless a substitution uses it");
    }

    private static Config AkkaSection(Config config)
    {
        if (LayerOf(config, ValueOrigin.File).Find("akka") is not { } section) return ConfigurationFactory.Empty;
        var block = new HoconObject();
        block.Items["akka"] = section;
        var root = new HoconValue();
        root.AppendValue(block);
        return new Config(new HoconRoot(root));
    }

    private static Layer LayerOf(Config config, ValueOrigin origin) =>
        new("", config.Root.IsObject() ? config.Root.GetObject() : new HoconObject(), origin);
}
