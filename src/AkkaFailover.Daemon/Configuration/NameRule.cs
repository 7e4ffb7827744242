namespace AkkaFailover.Daemon.Configuration;

/// <summary>The rule of node and group names, in words.</summary>
internal static class NameRule
{
    public const string Text = "1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit";
}
