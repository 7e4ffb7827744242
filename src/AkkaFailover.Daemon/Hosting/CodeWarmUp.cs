using System.Reflection;
using System.Runtime.CompilerServices;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>
/// Compiles what a claim runs for the first time in a process: the precompiled code of the replica's decisions is not usable where
/// they handle value types of other assemblies, and 10 ms of compilation would be 10 ms of outage.
/// </summary>
internal static class CodeWarmUp
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compiles on a thread of its own, behind everything else.</summary>
    public static void Begin() => new Thread(Run) { IsBackground = true, Priority = ThreadPriority.Lowest, Name = "warm-up" }.Start();

    private static void Run()
    {
        var decisions = typeof(ReplicaMachine);
        foreach (var type in decisions.Assembly.GetTypes().Where(type => type.Namespace == decisions.Namespace && type is { IsGenericType: false, IsInterface: false }))
        {
            foreach (var method in type.GetMethods(Declared).Where(method => method is { IsAbstract: false, IsGenericMethodDefinition: false }))
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }
}
