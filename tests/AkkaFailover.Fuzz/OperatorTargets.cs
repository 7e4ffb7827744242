using System.Text;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Control.Commands.Config;

namespace AkkaFailover.Fuzz;

/// <summary>What administrators and their programs write: the configuration file, and a change a line.</summary>
internal static class OperatorTargets
{
    // A half of a surrogate pair is no text.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("hocon", Texts(
            "failover {\n  node = \"a\" # the first\n  cluster { listen = \"10.9.0.1:4053\", peers { b = \"10.9.0.2:4053\" }, tls.enabled = off }\n}\n",
            "failover.groups.vpn {\n  interface = eth0 // the LAN\n  heartbeat.carp { passphrase = \"\"\"a \"word\" \\\n\"\"\", advbase = 0 },\n  config.paths { \"größe\" : /etc }\n}\n",
            "lan = \"eth\\u0037\\t\"\nfailover { groups { vpn { interface = ${lan} } }, stop-timeout = 30 s }\n",
            "include \"other.conf\"\na = {b = {c : x y}} \n"),
            () => (input, _) => ReadConfiguration(Encoding.UTF8.GetString(input))) { Readings = BeginningsOf },
        new("change-line", Texts(
            "{\"key\":\"server/port\",\"value\":\"1194\"}",
            "{\"key\":\"größe\",\"valueBase64\":\"AP8=\"}",
            "{\"remove\":true,\"key\":\"a\\u00e4\\ud83d\\ude00\"}",
            "{\"key\":\"k\",\"value\":\"\\\"\\ud83d\\ude00\\n\"}"),
            () => (input, _) => ReadChange(input)),
    ];

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    // A text that is refused is read again line by line longer, for the first line that is at fault (decision 040).
    private static int BeginningsOf(byte[] input) => input.Count(octet => octet == '\n') + 3;

    private static void ReadConfiguration(string text)
    {
        var parseable = HoconStructure.Of(text).Parseable;
        var kept = text.Zip(parseable, (wrote, read) => wrote == read || (wrote, read) is (',', '\n'));
        if (parseable.Length != text.Length || kept.Contains(false)) throw new FuzzException("the text has become another one");
        if (IsTooMuchForTheParser(text)) return;
        var findings = new Findings();
        var config = HoconText.Parse(text, "fuzz.conf", findings);
        if ((config is null) != (findings.Errors.Count > 0)) throw new FuzzException("it is refused without a word, or taken with one");
    }

    /// <summary>Akka's parser never comes back from some damaged lists, nor from substitutions that lead back to themselves (decision 117).</summary>
    private static bool IsTooMuchForTheParser(string text) => text.Contains('[', StringComparison.Ordinal) || text.IndexOf("${", StringComparison.Ordinal) != text.LastIndexOf("${", StringComparison.Ordinal);

    private static void ReadChange(byte[] line)
    {
        var (key, value, error) = ConfigSet.ReadLine(line);
        // Both go on as UTF-8: to the journal, and back in the answer.
        _ = Strict.GetByteCount(key) + Strict.GetByteCount(error ?? "");
        if (error is not null && value is not null) throw new FuzzException($"'{key}' is refused and made");
        if (error is not null) _ = ConfigChange.Refuse(key, error, 1).Data!.ToJsonString();
    }
}
