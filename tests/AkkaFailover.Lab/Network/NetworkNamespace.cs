using System.Net.Sockets;
using AkkaFailover.Lab.Native;

namespace AkkaFailover.Lab.Network;

/// <summary>
/// Runs a piece of work inside a network namespace. A socket stays in the namespace in which it was made, so the lab opens
/// its sockets here and then uses them from any thread.
/// </summary>
public static class NetworkNamespace
{
    /// <summary>Runs work inside the namespace, on a thread that ends with it.</summary>
    public static T Run<T>(string name, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                result = work();
            }
            catch (Exception e) when (e is LabException or IOException or UnauthorizedAccessException or SocketException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new LabException($"in {name}: {failure.Message}");
    }

    /// <summary>Sets kernel parameters below <c>/proc/sys/net</c>.</summary>
    public static void SetKernelParameters(string name, params (string Key, string Value)[] parameters) => Run(name, () =>
    {
        foreach (var (key, value) in parameters) File.WriteAllText($"/proc/sys/net/{key}", value);
        return true;
    });

    private static void Enter(string name)
    {
        var fd = Posix.Check(Posix.open($"/run/netns/{name}", Posix.ReadOnlyCloseOnExec), $"open network namespace {name}");
        try
        {
            Posix.Check(Posix.setns(fd, Posix.CloneNewNet), $"enter network namespace {name}");
        }
        finally
        {
            _ = Posix.close(fd);
        }
    }
}
