using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>The client's own options; they may stand anywhere before a <c>--</c>.</summary>
/// <param name="Socket">The daemon's control socket.</param>
/// <param name="Output">What is wanted.</param>
/// <param name="Words">The rest of the command line.</param>
internal sealed record ClientOptions(string Socket, OutputKind Output, IReadOnlyList<string> Words)
{
    /// <summary>Takes the options out of a command line.</summary>
    /// <returns>Null where one is wrong; <paramref name="error"/> says how.</returns>
    public static ClientOptions? Parse(IReadOnlyList<string> arguments, Func<string, string?> environment, out string? error)
    {
        var socket = environment("FAILOVERCTL_SOCKET") is { Length: > 0 } given ? given : ControlProtocol.DefaultSocket;
        var output = OutputKind.Table;
        var words = new List<string>();
        error = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name == "--")
            {
                words.AddRange(arguments.Skip(i));
                break;
            }
            if (name is not ("--socket" or "--output"))
            {
                words.Add(arguments[i]);
                continue;
            }
            value ??= ++i < arguments.Count ? arguments[i] : null;
            if (value is null) error = $"{name} needs a value";
            else if (name == "--socket") socket = value;
            else if (value is "json" or "table") output = value == "json" ? OutputKind.Json : OutputKind.Table;
            else error = $"--output: '{value}' is not table or json";
            if (error is not null) return null;
        }
        return new ClientOptions(socket, output, words);
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }
}
