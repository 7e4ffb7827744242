using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>A node with a good certificate and its own ideas of what to send: Akka's default serializer, and messages of another version.</summary>
internal sealed class RogueNode : IAsyncDisposable
{
    private const string Serializers = """
        akka.actor {
          serializers {
            json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
            future = "AkkaFailover.Daemon.Tests.Cluster.RogueNode+FutureSerializer, AkkaFailover.Daemon.Tests"
          }
          serialization-bindings {
            "AkkaFailover.Daemon.Tests.Cluster.RogueNode+Future, AkkaFailover.Daemon.Tests" = future
          }
        }
        """;

    private readonly ActorSelection _link;
    private readonly IActorRef _self;

    public RogueNode(FailoverSettings settings)
    {
        var setup = ClusterSetup.ActorSystemSetup(settings);
        var config = ConfigurationFactory.ParseString(Serializers).WithFallback(setup.Get<BootstrapSetup>().Value.Config.Value);
        System = ActorSystem.Create(ClusterSetup.SystemName, setup.WithSetup(BootstrapSetup.Create().WithConfig(config)));
        var root = ClusterSetup.RootOf(settings.Cluster.Peers.Values.Single(), settings.Cluster.Tls is not null);
        _link = System.ActorSelection(root / "user" / ClusterSetup.LinkName);
        _self = System.ActorOf(Akka.Actor.Props.Create(() => new Silent()), ClusterSetup.LinkName);
    }

    public ActorSystem System { get; }

    /// <summary>Sends something to the other node's link.</summary>
    public void Send(object message) => _link.Tell(message, _self);

    public async ValueTask DisposeAsync() => await System.Terminate();

    /// <summary>What the default serializer would create at the receiver.</summary>
    public sealed class Planted
    {
        private static int _created;

        public Planted() => Interlocked.Increment(ref _created);

        public static int Created => _created;

        public string Text { get; set; } = "";
    }

    /// <summary>A message of a version to come, or bytes of nobody.</summary>
    public sealed record Future(string Manifest, byte[] Bytes);

    public sealed class FutureSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 7340;

        public override string Manifest(object o) => ((Future)o).Manifest;

        public override byte[] ToBinary(object obj) => ((Future)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => LinkWire.Read(manifest, bytes);
    }

    private sealed class Silent : ReceiveActor
    {
        public Silent() => ReceiveAny(_ => { });
    }
}
