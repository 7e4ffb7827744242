using System.Globalization;

namespace AkkaFailover.Core.OpenVpn;

/// <summary>Where the server's management interface listens.</summary>
/// <param name="UnixPath">A Unix socket; null for TCP.</param>
/// <param name="Host">An address; null for a Unix socket.</param>
/// <param name="Port">Its port.</param>
/// <param name="PasswordFile">A file whose first line it asks for; null for none.</param>
public sealed record ManagementPlace(string? UnixPath, string? Host, int Port, string? PasswordFile)
{
    /// <inheritdoc/>
    public override string ToString() => UnixPath ?? $"{Host} port {Port}";
}

/// <summary>What an OpenVPN server's configuration file says, as far as this product has to know it. Relative paths begin at its folder, or at its <c>cd</c>.</summary>
public sealed class ServerConfig
{
    /// <summary>A configuration file is not larger, in characters.</summary>
    public const int MaxSize = 1 << 20;

    private const int DefaultPort = 1194;

    /// <summary>The options whose value is a file that the server reads, or asks another node's clients to be known by.</summary>
    private static readonly string[] FileOptions =
        ["ca", "cert", "key", "dh", "crl-verify", "tls-crypt", "tls-auth", "tls-crypt-v2", "auth-gen-token-secret", "pkcs12", "extra-certs"];

    private readonly Dictionary<string, IReadOnlyList<string>> _options;
    private readonly Dictionary<string, string> _inline;
    private readonly string _folder;

    private ServerConfig(string folder, Dictionary<string, IReadOnlyList<string>> options, Dictionary<string, string> inline)
    {
        (_options, _inline) = (options, inline);
        _folder = options.TryGetValue("cd", out var cd) && cd.Count > 0 ? Path.Combine(folder, cd[0]) : folder;
    }

    /// <summary>UDP; TCP otherwise.</summary>
    public bool IsUdp => Word("proto") is not { } proto || proto.StartsWith("udp", StringComparison.Ordinal);

    /// <summary>The server's port; null where it is none.</summary>
    public int? Port => (Word("lport") ?? Word("port")) is not { } text ? DefaultPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port : null;

    /// <summary>The address it binds to; null for any.</summary>
    public string? Local => Word("local");

    /// <summary>Whether it gives out session tokens.</summary>
    public bool GivesTokens => _options.ContainsKey("auth-gen-token");

    /// <summary>Whether each client has a key of its own for the control channel.</summary>
    public bool HasTlsCryptV2 => Has("tls-crypt-v2");

    /// <summary>The management interface; null where it has none.</summary>
    public ManagementPlace? Management => _options.GetValueOrDefault("management") switch
    {
        [var path, "unix", ..] rest => new ManagementPlace(FullPath(path), null, 0, rest.Count > 2 ? FullPath(rest[2]) : null),
        [var host, var port, ..] rest when int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 =>
            new ManagementPlace(null, host, number, rest.Count > 2 ? FullPath(rest[2]) : null),
        _ => null,
    };

    /// <summary>Whether an option is there, with a file or inline.</summary>
    public bool Has(string option) => _options.ContainsKey(option) || _inline.ContainsKey(option);

    /// <summary>What stands between <c>&lt;option&gt;</c> and <c>&lt;/option&gt;</c>; null where nothing does.</summary>
    public string? Inline(string option) => _inline.GetValueOrDefault(option);

    /// <summary>The full path of an option's file; null where it has none.</summary>
    public string? File(string option) => Word(option) is { } name && name is not ("none" or "[inline]") ? FullPath(name) : null;

    /// <summary>Every file that must be there before the server can start, with its option.</summary>
    public IEnumerable<(string Option, string Path)> Files => from option in FileOptions let path = File(option) where path is not null select (option, path);

    /// <summary>Reads a file's text as OpenVPN does: words with quotes, comments, inline blocks; a later option replaces an earlier one.</summary>
    /// <param name="text">The file.</param>
    /// <param name="folder">The folder it lies in.</param>
    public static ServerConfig Parse(string text, string folder)
    {
        var options = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var inline = new Dictionary<string, string>(StringComparer.Ordinal);
        using var lines = text.Split('\n').AsEnumerable().GetEnumerator();
        while (lines.MoveNext())
        {
            if (BlockOf(lines.Current) is { } block)
            {
                inline[block] = ReadBlock(lines, block);
                continue;
            }
            var words = Words(lines.Current);
            if (words.Count > 0) options[words[0].TrimStart('-')] = words[1..];
        }
        return new ServerConfig(folder, options, inline);
    }

    private string? Word(string option) => _options.TryGetValue(option, out var words) && words.Count > 0 ? words[0] : null;

    private string FullPath(string name) => Path.Combine(_folder, name);

    private static string? BlockOf(string line) =>
        line.Trim() is ['<', not '/', .., '>'] tag ? tag[1..^1] : null;

    private static string ReadBlock(IEnumerator<string> lines, string block)
    {
        var content = new List<string>();
        while (lines.MoveNext() && lines.Current.Trim() != $"</{block}>") content.Add(lines.Current);
        return string.Join('\n', content);
    }

    /// <summary>The words of a line: separated by blanks, single or double quotes around blanks, a backslash before any character.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var at = 0; at < line.Length; at++)
        {
            var c = line[at];
            if (quote == '\0' && !inWord && c is '#' or ';') break;
            if (c == '\\' && quote != '\'' && at + 1 < line.Length) (inWord, c) = (true, line[++at]);
            else if (quote == '\0' && c is '"' or '\'' && !inWord)
            {
                (inWord, quote) = (true, c);
                continue;
            }
            else if (c == quote || (quote == '\0' && char.IsWhiteSpace(c)))
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                (inWord, quote) = (false, '\0');
                continue;
            }
            inWord = true;
            word.Append(c);
        }
        if (inWord) words.Add(word.ToString());
        return words;
    }
}
