using System.Diagnostics;
using System.Threading.Channels;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>A <see cref="LinkPeer"/> in a process of its own, and in a network namespace where one is named.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public PeerProcess(string node, HostPort listen, string peer, HostPort peerAt, TlsSettings tls, int starvedPoolThreads = 0, string? networkNamespace = null)
    {
        string[] command =
        [
            .. networkNamespace is null ? Array.Empty<string>() : ["ip", "netns", "exec", networkNamespace],
            "dotnet", typeof(LinkPeer).Assembly.Location,
            node, listen.ToString(), peer, peerAt.ToString(), tls.CertificateFile, tls.KeyFile, tls.CaFile, "100", $"{starvedPoolThreads}",
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, line) => _lines.Writer.TryWrite(line.Data ?? "");
        _process.BeginOutputReadLine();
    }

    /// <summary>The next line that fulfils a condition.</summary>
    public async Task<string> Says(Func<string, bool> matches, double seconds = 20)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(patience.Token);
            if (matches(line)) return line;
        }
    }

    /// <summary>The next line with this text.</summary>
    public Task<string> Says(string text, double seconds = 20) => Says(line => line.Contains(text, StringComparison.Ordinal), seconds);

    /// <summary>As kill -9.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
