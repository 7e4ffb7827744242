using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Tests.Service;

/// <summary>A folder with shell scripts to be run as commands and services; each may write to files there.</summary>
internal sealed class Scripts : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-failover-service-").FullName;

    public string StateDir => _folder;

    /// <summary>A command that runs a script in the folder.</summary>
    public IReadOnlyList<string> Command(string script) => ["/bin/sh", "-c", $"cd '{_folder}'\n{script}"];

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>What a script has written, once it has.</summary>
    public async Task<string> Written(string name)
    {
        for (var i = 0; i < 2000; i++)
        {
            if (File.Exists(Path(name)) && await File.ReadAllTextAsync(Path(name)) is { Length: > 0 } text && text.EndsWith('\n')) return text;
            await Task.Delay(10);
        }
        throw new TimeoutException($"nothing was written to {name}");
    }

    public static GroupSettings Group(ServiceSettings service) => new(
        GroupName.Parse("vpn"), "eth0", [new VirtualAddress(IPAddress.Parse("192.0.2.222"), 24, "eth0"), new VirtualAddress(IPAddress.Parse("2001:db8::5"), 64, "eth0")],
        new HeartbeatSettings(null, new CarpSettings(1, new Secret([1]), 0, 51, 3, CarpPeer.Ours, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), [])),
        ProbeAddress: true, [], new ReplicaSettings(ClaimWhenStale: true, AcknowledgeMode.Both, TimeSpan.FromSeconds(20)), service);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
