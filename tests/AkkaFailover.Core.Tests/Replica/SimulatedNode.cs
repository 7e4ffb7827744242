using System.Collections.Immutable;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

/// <summary>One node of the simulation: the machine in memory, and a disk that keeps what was fsynced when the node dies.</summary>
internal sealed class SimulatedNode(PairSimulation world, string name, string peer, AcknowledgeMode acknowledge, TimeSpan clockOffset)
{
    private ImmutableArray<ReplicaEvent> _writing = [];
    private Moment _wake = Moment.Never;
    private Term _term;

    private readonly List<ReplicaEvent> _journal = [];

    /// <summary>Snapshots are made and needed all the time.</summary>
    public ReplicaRules Rules { get; } =
        new(NodeName.Parse(name), NodeName.Parse(peer), "10.9.0.2:4053", true, acknowledge, TimeSpan.FromSeconds(3))
        {
            SnapshotAfter = 15,
            MaxUnreplicated = 40,
        };

    /// <summary>Snapshots that were completed, and those of them that came from the other node.</summary>
    public (int All, int Installed) Snapshots { get; private set; }

    public ReplicaNode? Replica { get; private set; }

    public ReplicaState Disk { get; private set; } = ReplicaState.Empty;

    /// <summary>Counts the lives of the process; nothing that was sent to an earlier one can reach it.</summary>
    public long Run { get; private set; }

    /// <summary>The simulated election has ordered it to lead.</summary>
    public bool Ordered { get; set; }

    /// <summary>A write failed and none has succeeded since; such a node does not lose its power too.</summary>
    public bool DiskFailed { get; private set; }

    public Moment DiskWorksAgain { get; set; }

    public bool IsFollowing => Replica?.Mode == ReplicaMode.Following;

    public bool IsComplete => Replica is { } replica && ReplicaMachine.IsComplete(replica, Now, Rules);

    private Moment Now => world.Now + clockOffset;

    public void Start()
    {
        Replica = new ReplicaNode();
        var run = ++Run;
        world.After(world.Chance.Next(1, 50), () => Recover(run));
    }

    /// <summary>Power cut: memory is lost, and a write under way is on disk whole or not at all.</summary>
    public void Kill()
    {
        Lose();
        (Replica, Ordered, _wake) = (null, false, Moment.Never);
        Run++;
    }

    public void Claim(Term term)
    {
        (_term, Ordered) = (term, true);
        Step(new RoleOrdered(new BeginReplay(term)));
    }

    public void Step(ReplicaInput input)
    {
        if (Replica is null)
            return;
        (Replica, var outputs) = ReplicaMachine.Step(Replica, input, Now, world.Wall, Rules);
        foreach (var output in outputs)
            Do(output);
        if (Replica is null)
            return;
        world.Check(this);
        var next = ReplicaMachine.NextWake(Replica, Rules);
        if (next >= _wake)
            return;
        _wake = next;
        var run = Run;
        world.After((int)Math.Max(0, (next - Now).TotalMilliseconds) + 1, () => Wake(run, next));
    }

    private void Wake(long run, Moment ordered)
    {
        if (run != Run || ordered != _wake)
            return;
        _wake = Moment.Never;
        Step(new Wake());
    }

    private void Recover(long run)
    {
        if (run != Run)
            return;
        var read = ReplicaState.Empty;
        foreach (var happened in _journal)
        {
            read = read.Follow(happened, out var fault);
            Assert.Null(fault);
        }
        Assert.False(read.Reading is { Restores: true }, "a journal without a beginning");
        Assert.Equal((Disk.Last, Disk.DigestAt(Disk.Last), Disk.Committed, Disk.Term), (read.Last, read.DigestAt(read.Last), read.Committed, read.Term));
        Assert.Equal(Disk.Entries.Select(e => (e.Key, e.Value.Version, e.Value.Content)), read.Entries.Select(e => (e.Key, e.Value.Version, e.Value.Content)));
        Assert.Equal(Disk.Orphans.Keys, read.Orphans.Keys);
        Disk = read;
        Step(new Recovered(Disk, (ulong)world.Chance.NextInt64()));
    }

    private void Do(ReplicaOutput output)
    {
        switch (output)
        {
            case Persist persist:
                Assert.Empty(_writing);
                _writing = persist.Events;
                var run = Run;
                world.After(world.Chance.Next(1, 8), () => Written(run));
                break;
            case Send send: world.Carry(this, send.Message); break;
            case Answer answer: world.Answered(this, answer); break;
            case Inform { Input: CaughtUp caught }: world.After(1, () => Open(caught.Term)); break;
            case Inform { Input: ReplayFailed or LocalFault }: world.After(1, StepDown); break;
            case Inform { Input: ReplicaFlushed }: world.After(1, StepDown); break;
            default: break;
        }
    }

    private void Open(Term term)
    {
        if (Ordered && _term == term)
            Step(new RoleOrdered(new OpenReplica(term)));
    }

    public void StepDown()
    {
        Ordered = false;
        Step(new RoleOrdered(new FollowReplica()));
    }

    private void Written(long run)
    {
        if (run != Run)
            return;
        if (world.Now < DiskWorksAgain)
        {
            Lose();
            DiskFailed = true;
            run = ++Run;
            _wake = Moment.Never;
            Step(new JournalFailed("no space left on device"));
            OpenAgain(run);
            return;
        }
        Write();
        DiskFailed = false;
        Step(new Persisted());
    }

    /// <summary>As the actor does: it is tried until the disk works again, and fails each time before that.</summary>
    private void OpenAgain(long run) => world.After(world.Chance.Next(1, 1500), () =>
    {
        if (run != Run)
            return;
        if (world.Now >= DiskWorksAgain)
        {
            Recover(run);
            return;
        }
        Step(new JournalFailed("input/output error"));
        OpenAgain(run);
    });

    private void Lose()
    {
        if (world.Chance.Next(2) == 0)
            Write();
        _writing = [];
    }

    private void Write()
    {
        foreach (var happened in _writing)
        {
            Assert.Null(Disk.Check(happened));
            Disk = Disk.Apply(happened);
            _journal.Add(happened);
            if (happened is SnapshotDone done)
                Forget(done);
        }
        _writing = [];
    }

    /// <summary>What the journal has before a snapshot goes, not always at once.</summary>
    private void Forget(SnapshotDone done)
    {
        Snapshots = (Snapshots.All + 1, Snapshots.Installed + (done.Installs ? 1 : 0));
        if (world.Chance.Next(4) > 0)
            _journal.RemoveRange(0, _journal.FindLastIndex(happened => happened is SnapshotBegun));
    }
}
