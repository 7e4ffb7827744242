using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

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
        var said = new Queue<string>();
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var child = launcher.Start([ProgramOf(service), "--cd", Path.GetDirectoryName(file)!, "--config", file, "--show-tls"], new Dictionary<string, string>(), Keep, code => ended.TrySetResult(code));
        try
        {
            var code = await ended.Task.WaitAsync(patience);
            lock (said) return code == 0 ? [] : [$"openvpn does not take its options: {string.Join(" ", said.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty(said.LastOrDefault() ?? $"exit code {code}"))}"];
        }
        catch (TimeoutException)
        {
            child.Kill();
            return [$"openvpn did not read its options within {patience.TotalSeconds:0} s"];
        }

        void Keep(string line)
        {
            lock (said)
            {
                said.Enqueue(line);
                if (said.Count > KeptLines) said.Dequeue();
            }
        }
    }

    /// <summary>The program that the service runs where that is OpenVPN; else the one that is found.</summary>
    private static string ProgramOf(ServiceSettings service) =>
        service is ProcessService { Command: [var program, ..] } && Path.GetFileName(program) == "openvpn" ? program : "openvpn";
}
