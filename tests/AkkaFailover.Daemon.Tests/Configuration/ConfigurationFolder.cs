using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

/// <summary>A temporary folder with the files of node a, as init writes them.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    /// <summary>A configuration with what is required and nothing else.</summary>
    public const string Smallest = """
        failover {
          node = "a"
          cluster {
            peers { b = "10.9.0.2" }
            tls { certificate-file = "node.crt", key-file = "node.key", ca-file = "ca.crt" }
          }
          groups {
            vpn {
              interface = "eth0"
              virtual-addresses = ["192.0.2.222/24"]
              heartbeat.carp.passphrase-file = "passphrase"
            }
          }
        }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akka-failover-configuration-");

    public ConfigurationFolder()
    {
        var init = InitTests.InitAsync(_directory.FullName).GetAwaiter().GetResult();
        Assert.True(init.Code == 0, init.Error);
    }

    /// <summary>Folder of node a.</summary>
    public string Path => System.IO.Path.Combine(_directory.FullName, "a");

    /// <summary>Folder of node b.</summary>
    public string PeerPath => System.IO.Path.Combine(_directory.FullName, "b");

    /// <summary>Full path of a file of node a.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of node a, readable by its owner alone.</summary>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return File(name);
    }

    /// <summary>Loads a text as node a's configuration.</summary>
    public LoadedConfiguration Load(string text, TimeProvider? time = null) => ConfigurationLoader.Load(Write("test.conf", text), time);

    /// <summary>The smallest configuration with one place changed.</summary>
    public static string With(string old, string changed)
    {
        Assert.Contains(old, Smallest);
        return Smallest.Replace(old, changed);
    }

    /// <summary>The smallest configuration with more keys in its group.</summary>
    public static string WithGroupKeys(string keys) => With("interface = \"eth0\"", $"interface = \"eth0\"\n{keys}");

    /// <summary>The smallest configuration with more keys under failover.</summary>
    public static string WithKeys(string keys) => With("node = \"a\"", $"node = \"a\"\n{keys}");

    public void Dispose() => _directory.Delete(recursive: true);
}
