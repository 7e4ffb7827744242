using System.Diagnostics;
using System.Runtime.InteropServices;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

/// <summary>
/// What the runtime of a daemon loads from this very assembly where <c>DOTNET_STARTUP_HOOKS</c> names it: SIGUSR2 then ends the daemon's ActorSystem.
/// The product has no such switch and is not changed: the hook hears from the generic host that it was built, as tools do, and finds the
/// ActorSystem among its services.
/// </summary>
internal sealed class StartupHook : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static PosixSignalRegistration? _registration;

    /// <summary>Called by the runtime, before the daemon's Main.</summary>
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new StartupHook());

    /// <summary>The environment that brings the hook into a daemon.</summary>
    public static string EnvironmentVariable { get; } = $"DOTNET_STARTUP_HOOKS={typeof(StartupHook).Assembly.Location}";

    /// <summary>Ends the ActorSystem of a daemon that was started with the hook; everything else in the process goes on.</summary>
    public static void EndActorSystem(AkkaNode node) => LabHost.Send(node.DaemonProcesses(), Signal.User2);

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value is not { Key: "HostBuilt", Value: { } host }) return;
        var services = (IServiceProvider)host.GetType().GetProperty("Services")!.GetValue(host)!;
        _registration = PosixSignalRegistration.Create((PosixSignal)(int)Signal.User2, context =>
        {
            context.Cancel = true;
            var type = Type.GetType("Akka.Actor.ActorSystem, Akka", throwOnError: true)!;
            var system = services.GetService(type)!;
            type.GetMethod("Terminate")!.Invoke(system, null);
        });
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
