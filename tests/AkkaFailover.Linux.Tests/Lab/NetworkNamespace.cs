using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace AkkaFailover.Linux.Tests.Lab;

/// <summary>A network namespace of its own, deleted with the object. Needs root.</summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;
    private static int _count;

    private NetworkNamespace(string name) => Name = name;

    /// <summary>The name for <c>ip netns exec</c>.</summary>
    public string Name { get; }

    public static NetworkNamespace Create()
    {
        var space = new NetworkNamespace($"aflinux-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Shell.Run("ip", $"netns add {space.Name}");
        space.Ip("link set lo up");
        return space;
    }

    /// <summary>Two namespaces with a cable between their <c>eth0</c>; the first has 192.0.2.1/24, the second 192.0.2.2/24.</summary>
    public static (NetworkNamespace A, NetworkNamespace B) CreatePair()
    {
        var a = Create();
        var b = Create();
        Shell.Run("ip", $"link add eth0 netns {a.Name} type veth peer name eth0 netns {b.Name}");
        a.Ip("addr add 192.0.2.1/24 dev eth0");
        b.Ip("addr add 192.0.2.2/24 dev eth0");
        a.Ip("link set eth0 up");
        b.Ip("link set eth0 up");
        return (a, b);
    }

    /// <summary>Runs <c>ip</c> inside.</summary>
    public string Ip(string arguments) => Shell.Run("ip", $"-n {Name} {arguments}");

    /// <summary>Runs code on a thread inside; sockets, threads and processes made there stay inside.</summary>
    public T Run<T>(Func<T> code)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle($"/run/netns/{Name}");
                if (SetNamespace(space, CloneNewNet) != 0) throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                result = code();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs code on a thread inside.</summary>
    public void Run(Action code) => Run(() =>
    {
        code();
        return 0;
    });

    public void Dispose() => Shell.Run("ip", $"netns del {Name}");

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle space, int type);
}

/// <summary>Runs commands of the host.</summary>
public static class Shell
{
    /// <returns>Standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; with its standard error.</exception>
    public static string Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments}: {error.Result}");
    }
}

/// <summary>Waits for conditions.</summary>
public static class Eventually
{
    /// <summary>Looks every millisecond until the condition holds.</summary>
    /// <returns>How long it took.</returns>
    public static TimeSpan True(Func<bool> condition, TimeSpan within, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < within, $"not within {within.TotalMilliseconds} ms: {what}");
            Thread.Sleep(1);
        }
        return watch.Elapsed;
    }
}
