using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>What is launched for a service that this program runs itself.</summary>
public static class ChildCommand
{
    /// <summary>Program and arguments.</summary>
    /// <exception cref="InvalidOperationException">A service of that type has no such child.</exception>
    public static IReadOnlyList<string> Of(ServiceSettings service, ChildKind kind) => (service, kind) switch
    {
        (CommandsService commands, ChildKind.Start) => commands.Start,
        (CommandsService commands, ChildKind.Stop) => commands.Stop,
        (ProcessService process, ChildKind.Main) => process.Command,
        _ => throw new InvalidOperationException($"a service of type {service.Type} has no {kind} command"),
    };
}
