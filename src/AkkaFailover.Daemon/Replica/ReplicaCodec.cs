using System.Collections.Immutable;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The wire form of what two replicas say to each other.</summary>
public sealed class ReplicaCodec : IPayloadCodec
{
    private const string BeatManifest = "r.beat";
    private const string EchoManifest = "r.echo";
    private const string AppendManifest = "r.append";
    private const string AppendedManifest = "r.appended";
    private const string CutManifest = "r.cut";
    private const string AskMarksManifest = "r.askmarks";
    private const string MarksManifest = "r.marks";
    private const string InstallManifest = "r.install";
    private const string InstallPartManifest = "r.install.part";
    private const string InstallEndManifest = "r.install.end";
    private const string InstalledManifest = "r.installed";
    private const string OrphanedManifest = "r.orphaned";
    private const string CannotPersistManifest = "r.cannot";
    private const string GoodbyeManifest = "r.goodbye";
    private const int MaxText = 1024;
    private static readonly TimeSpan MaxWindow = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Manifests { get; } =
    [
        BeatManifest, EchoManifest, AppendManifest, AppendedManifest, CutManifest, AskMarksManifest, MarksManifest, InstallManifest,
        InstallPartManifest, InstallEndManifest, InstalledManifest, OrphanedManifest, CannotPersistManifest, GoodbyeManifest,
    ];

    /// <inheritdoc/>
    public EncodedPayload? TryEncode(LinkPayload payload)
    {
        if (payload is not ReplicaSays says)
            return null;
        var (manifest, part) = Write(says.Message);
        return new EncodedPayload(manifest, part.ToByteArray());
    }

    /// <inheritdoc/>
    public LinkPayload? Decode(string manifest, ReadOnlySpan<byte> bytes)
    {
        ReplicaMessage? message = manifest switch
        {
            BeatManifest => Read(BeatPart.Parser.ParseFrom(bytes)),
            EchoManifest => Read(EchoPart.Parser.ParseFrom(bytes)),
            AppendManifest => Read(AppendPart.Parser.ParseFrom(bytes)),
            AppendedManifest => Read(AppendedPart.Parser.ParseFrom(bytes)),
            CutManifest => Read(CutPart.Parser.ParseFrom(bytes)),
            AskMarksManifest => Read(AskMarksPart.Parser.ParseFrom(bytes)),
            MarksManifest => Read(MarksPart.Parser.ParseFrom(bytes)),
            InstallManifest => Read(InstallStartPart.Parser.ParseFrom(bytes)),
            InstallPartManifest => Read(InstallEntriesPart.Parser.ParseFrom(bytes)),
            InstallEndManifest => Read(InstallEndPart.Parser.ParseFrom(bytes)),
            InstalledManifest => Read(InstalledPart.Parser.ParseFrom(bytes)),
            OrphanedManifest => Read(OrphanedPart.Parser.ParseFrom(bytes)),
            CannotPersistManifest => Read(CannotPersistPart.Parser.ParseFrom(bytes)),
            GoodbyeManifest => new Goodbye(),
            _ => null,
        };
        return message is null ? null : new ReplicaSays(message);
    }

    private static (string Manifest, IMessage Part) Write(ReplicaMessage message) => message switch
    {
        ReplicaBeat m => (BeatManifest, new BeatPart
        {
            Incarnation = m.Incarnation,
            Sent = m.Sent,
            WindowTicks = m.Window.Ticks,
            Leading = m.Leading,
            Term = m.Term.Value,
            Mark = WireParts.Write(m.Mark),
            Healthy = m.Healthy,
        }),
        ReplicaEcho m => (EchoManifest, new EchoPart
        {
            Incarnation = m.Incarnation,
            Sent = m.Sent,
            Leading = m.Leading,
            InSync = m.InSync,
            Mark = WireParts.Write(m.Mark),
        }),
        Append m => (AppendManifest, new AppendPart
        {
            Term = m.Term.Value,
            Stream = m.Stream,
            Previous = WireParts.Write(m.Previous),
            Changes = { m.Changes.Select(WireParts.Write) },
            Committed = m.Committed,
        }),
        Appended m => (AppendedManifest, new AppendedPart
        {
            Term = m.Term.Value,
            Stream = m.Stream,
            Mark = WireParts.Write(m.Mark),
            Gap = m.Gap,
        }),
        Cut m => (CutManifest, new CutPart { Term = m.Term.Value, Stream = m.Stream, First = WireParts.Write(m.First) }),
        AskMarks m => (AskMarksManifest, new AskMarksPart { Term = m.Term.Value, Stream = m.Stream, From = m.From, To = m.To }),
        Marks m => (MarksManifest, new MarksPart { Term = m.Term.Value, Stream = m.Stream, Found = { m.Found.Select(WireParts.Write) } }),
        Install m => (InstallManifest, new InstallStartPart { Term = m.Term.Value, Stream = m.Stream, Start = WireParts.Write(m.Start) }),
        InstallPart m => (InstallPartManifest, new InstallEntriesPart
        {
            Term = m.Term.Value,
            Stream = m.Stream,
            Index = m.Index,
            Entries = { m.Entries.Select(WireParts.Write) },
        }),
        InstallEnd m => (InstallEndManifest, new InstallEndPart { Term = m.Term.Value, Stream = m.Stream, Count = m.Count, Content = WireParts.Write(m.Content) }),
        Installed m => (InstalledManifest, new InstalledPart { Term = m.Term.Value, Stream = m.Stream, Parts = m.Parts }),
        Orphaned m => (OrphanedManifest, new OrphanedPart { Term = m.Term.Value, Changes = { m.Changes.Select(WireParts.Write) } }),
        CannotPersist m => (CannotPersistManifest, new CannotPersistPart
        {
            Term = m.Term.Value,
            Reason = m.Reason.Length <= MaxText ? m.Reason : m.Reason[..MaxText],
            Kept = m.Kept,
            Incarnation = m.Incarnation,
        }),
        Goodbye => (GoodbyeManifest, new GoodbyePart()),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, null),
    };

    private static ReplicaBeat? Read(BeatPart part) =>
        part.Term <= Term.MaxValue && part.Sent >= 0 && part.WindowTicks >= 0 && part.WindowTicks <= MaxWindow.Ticks && WireParts.Read(part.Mark) is { } mark
            ? new ReplicaBeat(part.Incarnation, part.Sent, new TimeSpan(part.WindowTicks), part.Leading, new Term(part.Term), mark, part.Healthy)
            : null;

    private static ReplicaEcho? Read(EchoPart part) =>
        part.Sent >= 0 && WireParts.Read(part.Mark) is { } mark ? new ReplicaEcho(part.Incarnation, part.Sent, part.Leading, part.InSync, mark) : null;

    private static Append? Read(AppendPart part) =>
        TermOf(part.Term) is { } term && part.Committed >= 0 && part.Changes.Count <= BatchRules.MaxChanges
            && WireParts.Read(part.Previous) is { } previous && WireParts.Read(part.Changes) is { } changes
            ? new Append(term, part.Stream, previous, changes, part.Committed)
            : null;

    private static Appended? Read(AppendedPart part) =>
        TermOf(part.Term) is { } term && WireParts.Read(part.Mark) is { } mark ? new Appended(term, part.Stream, mark, part.Gap) : null;

    private static Cut? Read(CutPart part) =>
        TermOf(part.Term) is { } term && WireParts.Read(part.First) is { Version: > 0 } first ? new Cut(term, part.Stream, first) : null;

    private static AskMarks? Read(AskMarksPart part) =>
        TermOf(part.Term) is { } term && part.From > 0 && part.To >= part.From ? new AskMarks(term, part.Stream, part.From, part.To) : null;

    private static Marks? Read(MarksPart part)
    {
        if (TermOf(part.Term) is not { } term || part.Found.Count > ReplicaRules.MaxMarks)
            return null;
        var found = ImmutableArray.CreateBuilder<Mark>();
        foreach (var one in part.Found)
        {
            if (WireParts.Read(one) is not { } mark || (found.Count > 0 && mark.Version <= found[^1].Version))
                return null;
            found.Add(mark);
        }
        return new Marks(term, part.Stream, found.DrainToImmutable());
    }

    private static Install? Read(InstallStartPart part) =>
        TermOf(part.Term) is { } term && WireParts.Read(part.Start) is { } start ? new Install(term, part.Stream, start) : null;

    private static InstallPart? Read(InstallEntriesPart part) =>
        TermOf(part.Term) is { } term && part.Index >= 0 && part.Entries.Count <= ReplicaRules.MaxPart && WireParts.Read(part.Entries) is { } entries
            ? new InstallPart(term, part.Stream, part.Index, entries)
            : null;

    private static InstallEnd? Read(InstallEndPart part) =>
        TermOf(part.Term) is { } term && part.Count >= 0 && Digest.TryRead(part.Content.Span, out var content)
            ? new InstallEnd(term, part.Stream, part.Count, content)
            : null;

    private static Installed? Read(InstalledPart part) =>
        TermOf(part.Term) is { } term && part.Parts >= 0 ? new Installed(term, part.Stream, part.Parts) : null;

    private static Orphaned? Read(OrphanedPart part) =>
        TermOf(part.Term) is { } term && part.Changes.Count <= ReplicaRules.MaxOrphans && WireParts.Read(part.Changes) is { } changes
            ? new Orphaned(term, changes)
            : null;

    private static CannotPersist? Read(CannotPersistPart part) =>
        part.Term <= Term.MaxValue && part.Kept >= 0 && part.Reason.Length <= MaxText ? new CannotPersist(new Term(part.Term), part.Reason, part.Kept, part.Incarnation) : null;

    private static Term? TermOf(uint value) => value is > 0 and <= Term.MaxValue ? new Term(value) : null;
}
