using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>
/// Has OpenVPN itself read a server's options without starting a server: it reads all of them before it lists what its TLS library
/// can, and ends. What an option needs besides (files, devices) is not looked at.
/// </summary>
internal static class OptionCheck
{
    private const int KeptLines = 5;

    /// <summary>Runs it.</summary>
    /// <returns>What it refused; empty where it took everything.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IProcessLauncher launcher, ServiceSettings service, string file, TimeSpan patience)
    {
        var ended = new TaskCompletionSource<(int Code, IReadOnlyList<string> Said)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = OneRun.Start(launcher, [ProgramOf(service), "--log", "/dev/stdout", "--cd", Path.GetDirectoryName(file)!, "--config", file, "--show-tls"], new Dictionary<string, string>(), KeptLines,
            (exitCode, lines) => ended.TrySetResult((exitCode, lines)));
        try
        {
            var (code, said) = await ended.Task.WaitAsync(patience);
            return code == 0 ? [] : [$"openvpn does not take its options: {string.Join(" ", said.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty(said.LastOrDefault() ?? $"exit code {code}"))}"];
        }
        catch (TimeoutException)
        {
            run.Kill();
            return [$"openvpn did not read its options within {patience.TotalSeconds:0} s"];
        }
    }

    /// <summary>The program that the service runs where that is OpenVPN; else the one that is found.</summary>
    private static string ProgramOf(ServiceSettings service) =>
        service is ProcessService { Command: [var program, ..] } && Path.GetFileName(program) == "openvpn" ? program : "openvpn";
}
