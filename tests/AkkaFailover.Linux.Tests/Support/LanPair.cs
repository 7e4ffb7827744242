namespace AkkaFailover.Linux.Tests.Support;

/// <summary>Two hosts, each a namespace, with a cable between them: eth0 with 10.77.0.1/24 on a and 10.77.0.2/24 on b.</summary>
public sealed class LanPair : IDisposable
{
    public const string Interface = "eth0";
    public const string MacOfA = "02:00:00:00:77:0a";
    public const string MacOfB = "02:00:00:00:77:0b";

    private static int _count;

    public LanPair()
    {
        var id = $"lan-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        A = new NetNamespace($"{id}-a");
        B = new NetNamespace($"{id}-b");
        Plug();
    }

    public NetNamespace A { get; }

    public NetNamespace B { get; }

    /// <summary>Lays the cable; both ends are new interfaces.</summary>
    public void Plug()
    {
        Shell.Run("ip", "-n", A.Name, "link", "add", Interface, "address", MacOfA, "type", "veth", "peer", "name", Interface, "address", MacOfB, "netns", B.Name);
        Shell.Run("ip", "-n", A.Name, "address", "add", "10.77.0.1/24", "dev", Interface);
        Shell.Run("ip", "-n", B.Name, "address", "add", "10.77.0.2/24", "dev", Interface);
        Up(A);
        Up(B);
        // The kernel begins to send some time after the carrier came; until then frames vanish without an error.
        foreach (var host in (NetNamespace[])[A, B])
            Eventually.True(() => Shell.Run("ip", "-n", host.Name, "link", "show", Interface).Contains("state UP", StringComparison.Ordinal), "carrier");
    }

    /// <summary>Takes the cable away; both ends are deleted.</summary>
    public void Unplug() => Shell.Run("ip", "-n", A.Name, "link", "delete", Interface);

    public static void Up(NetNamespace host) => Shell.Run("ip", "-n", host.Name, "link", "set", Interface, "up");

    public static void Down(NetNamespace host) => Shell.Run("ip", "-n", host.Name, "link", "set", Interface, "down");

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
