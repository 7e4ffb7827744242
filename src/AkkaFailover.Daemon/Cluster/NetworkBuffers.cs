using System.Runtime.CompilerServices;
using DotNetty.Buffers;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Lets the transport of Akka.Remote take its buffers in pieces of 1 MiB instead of 16: one or two pieces of 16 MiB, as threads
/// happen to share them, were a tenth of an idle daemon's memory. The setting exists as an environment variable alone,
/// which the commands that the daemon starts should not inherit. Larger messages get buffers of their own.
/// </summary>
public static class NetworkBuffers
{
    private const string Order = "io.netty.allocator.maxOrder";

    /// <summary>8 KiB, doubled so often.</summary>
    private const string OneMebibyte = "7";

    /// <summary>To be called before anything in the process uses the transport.</summary>
    public static void KeepSmall()
    {
        var before = Environment.GetEnvironmentVariable(Order);
        Environment.SetEnvironmentVariable(Order, OneMebibyte);
        RuntimeHelpers.RunClassConstructor(typeof(PooledByteBufferAllocator).TypeHandle);
        Environment.SetEnvironmentVariable(Order, before);
    }
}
