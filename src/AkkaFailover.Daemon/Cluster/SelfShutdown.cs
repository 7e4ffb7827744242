using Akka.Actor;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Akka 1.5.74 ends the whole ActorSystem when the TLS handshake of one outbound connection fails (TlsHandshakeFailureReason):
/// a peer with a wrong certificate, or one that is killed in the middle of a handshake, would take this node down too.
/// </summary>
internal static class SelfShutdown
{
    /// <summary>
    /// Uses up the only run that CoordinatedShutdown allows, in its last phase, which is empty (akka.conf): whoever runs
    /// it afterwards achieves nothing. The ActorSystem ends with <see cref="ActorSystem.Terminate"/> or with the process.
    /// </summary>
    public static void Disarm(ActorSystem system) =>
        CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseActorSystemTerminate);
}
