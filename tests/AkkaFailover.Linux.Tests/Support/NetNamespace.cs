using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Tests.Support;

/// <summary>A network namespace that exists while the object does.</summary>
public sealed partial class NetNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    public NetNamespace(string name)
    {
        Name = name;
        Shell.Run("ip", "netns", "add", name);
        Shell.Run("ip", "-n", name, "link", "set", "lo", "up");
    }

    public string Name { get; }

    /// <summary>Runs <c>ip</c> for the namespace, with arguments that hold no spaces.</summary>
    public string Ip(string arguments) => Shell.Run("ip", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>Runs a program in the namespace to its end.</summary>
    public string Exec(params string[] command) => Shell.Run("ip", ["netns", "exec", Name, .. command]);

    /// <summary>Starts a program in the namespace.</summary>
    public Process Start(params string[] command) => Shell.Start("ip", ["netns", "exec", Name, .. command]);

    /// <summary>
    /// Runs code in the namespace: namespaces belong to threads, so it runs on one of its own that ends afterwards. Threads that
    /// it starts are in the namespace too.
    /// </summary>
    public T Run<T>(Func<T> code)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
                if (SetNamespace((int)file.DangerousGetHandle(), CloneNewNet) != 0)
                    throw new InvalidOperationException($"setns {Name} failed with {Marshal.GetLastPInvokeError()}");
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

    public void Dispose() => Shell.Run("ip", "netns", "delete", Name);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int kind);
}
