using Akka.Configuration;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>The embedded <c>reference.conf</c>: all keys with their defaults.</summary>
public static class Reference
{
    /// <summary>Its text, for people.</summary>
    public static string Text { get; } = Read();

    /// <summary>Parsed.</summary>
    internal static Config Config { get; } = ConfigurationFactory.ParseString(Text);

    private static string Read()
    {
        using var stream = typeof(Reference).Assembly.GetManifestResourceStream("reference.conf")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
