using System.Text;

namespace AkkaFailover.Core.Palettes;

/// <summary>Help, from the definitions alone.</summary>
public static class HelpText
{
    private const string Program = "failoverctl";

    /// <summary>The help that a line asks for.</summary>
    public static string For(Catalogue catalogue, HelpLine line) =>
        line switch
        {
            { Palette: { } palette, Command: { } command } => ForCommand(palette, command),
            { Palette: { } palette } => ForPalette(palette),
            _ => ForAll(catalogue),
        };

    private static string ForAll(Catalogue catalogue)
    {
        var text = new StringBuilder()
            .AppendLine($"Usage: {Program} [--socket PATH] [--output table|json] COMMAND …")
            .AppendLine()
            .AppendLine("  --socket PATH         the daemon's control socket (default $FAILOVERCTL_SOCKET, then /run/akka-failover/control.sock)")
            .AppendLine("  --output table|json   text for people (default) or JSON for programs");
        foreach (var palette in catalogue.Palettes) AppendCommands(text.AppendLine(), palette);
        return text.AppendLine()
            .AppendLine($"'{Program} help COMMAND' says more. Without a command on a terminal: a prompt.")
            .AppendLine("Exit codes: 0 done, 1 refused (why on stderr), 2 daemon not reachable, 64 usage.")
            .ToString();
    }

    private static string ForPalette(Palette palette)
    {
        var text = new StringBuilder();
        AppendCommands(text, palette);
        return text.ToString();
    }

    private static void AppendCommands(StringBuilder text, Palette palette)
    {
        text.AppendLine(palette.Name.Length == 0 ? palette.Summary : $"{palette.Name}: {palette.Summary}");
        AppendAligned(text, palette.Commands.Select(command => ($"{palette.PathOf(command)}{ArgumentList(command, null)}", command.Summary)));
    }

    private static string ForCommand(Palette palette, CommandDefinition command)
    {
        var text = new StringBuilder().AppendLine($"{palette.PathOf(command)}: {command.Summary}").AppendLine();
        foreach (var synopsis in Synopses(palette, command)) text.AppendLine($"  {synopsis}");
        foreach (var paragraph in command.Details) text.AppendLine().AppendLine(paragraph);
        Append(text, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Summary)));
        Append(text, "Options", command.Options.Select(option => (Spelled(option), option.Summary)));
        if (command.Examples.Count == 0) return text.ToString();
        text.AppendLine().AppendLine("Examples");
        foreach (var example in command.Examples) text.AppendLine($"  {Program} {example}");
        return text.ToString();
    }

    /// <summary>One line for the plain form, and one for each option that stands for arguments.</summary>
    private static IEnumerable<string> Synopses(Palette palette, CommandDefinition command)
    {
        var plain = command.Options.Where(option => option.Replaces.Count == 0).ToList();
        var forms = command.Options.Where(option => option.Replaces.Count > 0).Prepend(null);
        foreach (var form in forms)
        {
            var options = plain.Select(option => option.Required ? $" {Spelled(option)}" : $" [{Spelled(option)}]");
            var own = form is null ? "" : $" {Spelled(form)}";
            yield return $"{Program} {palette.PathOf(command)}{ArgumentList(command, form)}{own}{string.Concat(options)}";
        }
    }

    private static string ArgumentList(CommandDefinition command, OptionDefinition? form) =>
        string.Concat(command.Arguments
            .Where(argument => form?.Replaces.Contains(argument.Name) != true)
            .Select(argument => argument.Optional ? $" [{argument.Name}]" : $" {argument.Name}"));

    private static string Spelled(OptionDefinition option)
    {
        var value = option switch { { Value: null } => "", { ValueOptional: true } => $" [{option.Value}]", _ => $" {option.Value}" };
        return $"--{option.Name}{value}{(option.Repeated ? " …" : "")}";
    }

    private static void Append(StringBuilder text, string title, IEnumerable<(string Name, string Summary)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0) return;
        text.AppendLine().AppendLine(title);
        AppendAligned(text, list);
    }

    private static void AppendAligned(StringBuilder text, IEnumerable<(string Name, string Summary)> rows)
    {
        foreach (var (name, summary) in rows) text.AppendLine($"  {name,-30} {summary}");
    }
}
