using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Carries <see cref="LinkMessage"/>s over Akka.Remote; what it cannot read it delivers as <see cref="UnreadableMessage"/>.</summary>
internal sealed class LinkSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Written with every message; never changed.</summary>
    public override int Identifier => 7340;

    /// <inheritdoc/>
    public override string Manifest(object o) => LinkWire.ManifestOf((LinkMessage)o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => LinkWire.Write((LinkMessage)obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => LinkWire.Read(manifest, bytes);
}

/// <summary>
/// Stands in the place of Akka's default serializer, whose JSON names the types to be created: whoever may send it may
/// create any type. It has that serializer's identifier, so both directions are refused: what nobody wrote a
/// serializer for does not leave this node, and what arrives under that identifier is not read.
/// </summary>
internal sealed class DenyingSerializer : Serializer
{
    /// <summary>As Akka makes its default serializer.</summary>
    public DenyingSerializer(ExtendedActorSystem system, Config config)
        : base(system) => _ = config;

    /// <summary>That of the serializer it replaces.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new NotSupportedException($"{obj.GetType().FullName} has no serializer: nothing is serialized by reflection here; write a codec for it");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new NotSupportedException("a polymorphic message was refused: the peer must send it with a serializer of its own");
}
