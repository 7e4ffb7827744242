using Akka.Actor;
using AkkaFailover.Core.Rehearsal;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>Rehearse a failover. Answer: <see cref="Groups.OperatorAnswer"/>.</summary>
/// <param name="By">Who asks.</param>
/// <param name="Watcher">Gets each <see cref="PhaseResult"/>, and at last the <see cref="RehearsalReport"/>.</param>
public sealed record Rehearse(string By, IActorRef Watcher);
