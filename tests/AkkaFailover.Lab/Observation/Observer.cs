using System.Net;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Observation;

/// <summary>
/// Watches one lab: three clients ask for the virtual address every 5 ms, and the kernels of both nodes report each change of it.
/// One real-time thread asks at absolute times, another reads everything, so all events stand on one time line in the order in which they
/// were read. Of two nodes' events that waited at the same wake-up the removal is taken first: their true order is not known.
/// </summary>
public sealed unsafe class Observer : IDisposable
{
    /// <summary>Time between two questions of a client.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private const int ReaderPriority = 30, AskerPriority = 20, PollMilliseconds = 5, BufferBytes = 32 * 1024;
    private readonly byte[] _address = IPAddress.Parse(LabTopology.VirtualAddress).GetAddressBytes();
    private readonly LabHost[] _nodes;
    private readonly RawSocket[] _nodeEvents;
    private readonly RawSocket _arp, _pings, _pingSender, _outside, _outsideSender;
    private readonly byte[] _arpRequest;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _holders = [];
    private readonly Thread _asker, _reader;
    private List<Answer> _arpAnswers = [], _pingAnswers = [], _outsideAnswers = [];
    private List<AddressChange> _changes = [];
    private List<Heartbeat> _heartbeats = [];
    private Moment _since = LabClock.Now;
    private long _askerLateness, _readerLateness;
    private string? _failure;
    private readonly bool _realTime;
    private volatile bool _stopped;

    /// <summary>Begins to observe.</summary>
    /// <param name="lab">The network.</param>
    /// <param name="realTime">
    /// Whether its threads have real-time priority. Not where many clients run in the same process: a collection of the runtime that wants all
    /// threads to stop would starve behind the two that spin until it has begun, and with it everything else on two processors.
    /// </param>
    public Observer(LabNetwork lab, bool realTime = true)
    {
        _realTime = realTime;
        var virtualAddress = IPAddress.Parse(LabTopology.VirtualAddress);
        _nodes = [lab.A, lab.B];
        _nodeEvents = [.. _nodes.Select(RawSocket.AddressEvents)];
        foreach (var node in _nodes.Where(node => node.HoldsVirtualAddress())) Note(node.Name, present: true, _since);
        _arp = RawSocket.Packet(lab.Watcher, Frames.EtherTypeArp);
        _pings = RawSocket.Packet(lab.Client, Frames.EtherTypeIPv4);
        _pingSender = RawSocket.Icmp(lab.Client, virtualAddress);
        _outside = RawSocket.Packet(lab.Outside, Frames.EtherTypeIPv4);
        _outsideSender = RawSocket.Icmp(lab.Outside, virtualAddress);
        _arpRequest = Frames.AskFor(virtualAddress, lab.Watcher.Mac, IPAddress.Parse(lab.Watcher.LanAddress));
        _reader = new Thread(Read) { IsBackground = true, Name = "observer-read" };
        _asker = new Thread(Ask) { IsBackground = true, Name = "observer-ask" };
        _reader.Start();
        _asker.Start();
    }

    /// <summary>The nodes that hold the address now.</summary>
    public IReadOnlyList<string> Holders
    {
        get
        {
            lock (_lock) return [.. _holders.Order()];
        }
    }

    /// <summary>How late the observer's own threads were at worst since the last <see cref="Reset"/>: where they have real-time priority, so long the machine stood still, not a node.</summary>
    public TimeSpan WorstLateness => TimeSpan.FromTicks(Math.Max(Volatile.Read(ref _askerLateness), Volatile.Read(ref _readerLateness)));

    /// <summary>What the machine may add to a bound: what it usually does, and how long it stood still since the last <see cref="Reset"/>.</summary>
    public TimeSpan Noise(TimeSpan usual) => usual + WorstLateness;

    /// <summary>Forgets what was observed; the nodes that hold the address now are the new begin.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _since = LabClock.Now;
            Volatile.Write(ref _askerLateness, 0);
            Volatile.Write(ref _readerLateness, 0);
            (_arpAnswers, _pingAnswers, _outsideAnswers, _heartbeats) = ([], [], [], []);
            _changes = [.. _holders.Select(host => new AddressChange(_since, host, Present: true))];
        }
    }

    /// <summary>What was observed, which is forgotten at the same moment.</summary>
    /// <exception cref="LabException">Events were lost.</exception>
    public Record Restart()
    {
        lock (_lock)
        {
            var record = Snapshot();
            Reset();
            return record;
        }
    }

    /// <summary>What was observed since the last <see cref="Reset"/>.</summary>
    /// <exception cref="LabException">Events were lost.</exception>
    public Record Snapshot()
    {
        lock (_lock)
        {
            return _failure is null ? new Record(_since, LabClock.Now, [.. _pingAnswers], [.. _arpAnswers], [.. _outsideAnswers], [.. _changes], [.. _heartbeats])
                : throw new LabException(_failure);
        }
    }

    /// <summary>Whether a station answered the client after a moment.</summary>
    public bool ClientHeard(MacAddress from, Moment after)
    {
        lock (_lock) return _pingAnswers.FindLastIndex(answer => answer.From == from && answer.At > after) >= 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _asker.Join();
        _reader.Join();
        foreach (var socket in (RawSocket[])[_arp, _pings, _pingSender, _outside, _outsideSender, .. _nodeEvents]) socket.Dispose();
    }

    private void Ask()
    {
        if (_realTime) Posix.BecomeRealTime(AskerPriority);
        var echo = Frames.Echo();
        var next = LabClock.Now;
        for (uint question = 1; !_stopped; question++)
        {
            next += Interval;
            Posix.SleepUntil(next);
            NoteLateness(LabClock.Now - next, ref _askerLateness);
            Frames.Number(_arpRequest, question);
            _arp.TrySend(_arpRequest);
            _pingSender.TrySend(echo);
            _outsideSender.TrySend(echo);
        }
    }

    private static void NoteLateness(TimeSpan late, ref long worst)
    {
        if (late.Ticks > worst) Volatile.Write(ref worst, late.Ticks);
    }

    private void Read()
    {
        if (_realTime) Posix.BecomeRealTime(ReaderPriority);
        var sockets = (RawSocket[])[.. _nodeEvents, _arp, _pings, _outside];
        var waiting = stackalloc Posix.PollFd[sockets.Length];
        for (var i = 0; i < sockets.Length; i++) waiting[i] = new Posix.PollFd { Fd = sockets[i].Descriptor, Events = Posix.PollIn };
        var buffer = new byte[BufferBytes];
        try
        {
            for (var last = LabClock.Now; !_stopped;)
            {
                var readable = Posix.poll(waiting, (ulong)sockets.Length, PollMilliseconds) > 0;
                lock (_lock)
                {
                    var now = LabClock.Now;
                    NoteLateness(now - last - TimeSpan.FromMilliseconds(PollMilliseconds), ref _readerLateness);
                    last = now;
                    if (readable) Drain(buffer);
                }
            }
        }
        catch (LabException e)
        {
            lock (_lock) _failure = e.Message;
        }
    }

    private void Drain(byte[] buffer)
    {
        var at = LabClock.Now;
        DrainAddresses(buffer, at);
        for (int length; (length = _arp.Receive(buffer)) > 0;)
        {
            if (Frames.IsArpReply(buffer.AsSpan(0, length), _address, out var from, out var question)) _arpAnswers.Add(new Answer(at, from, question));
        }
        for (int length; (length = _pings.Receive(buffer)) > 0;)
        {
            if (Frames.IsEchoReply(buffer.AsSpan(0, length), _address, out var from)) _pingAnswers.Add(new Answer(at, from));
            else if (Frames.IsHeartbeat(buffer.AsSpan(0, length), out var sender)) _heartbeats.Add(new Heartbeat(at, sender));
        }
        for (int length; (length = _outside.Receive(buffer)) > 0;)
        {
            if (Frames.IsEchoReply(buffer.AsSpan(0, length), _address, out var from)) _outsideAnswers.Add(new Answer(at, from));
        }
    }

    private void DrainAddresses(byte[] buffer, Moment at)
    {
        var batches = new List<(string Host, List<bool> Changes)>();
        for (var i = 0; i < _nodes.Length; i++)
        {
            var changes = new List<bool>();
            for (int length; (length = _nodeEvents[i].Receive(buffer)) > 0;) changes.AddRange(Frames.ChangesOf(buffer.AsSpan(0, length), _address));
            if (changes.Count > 0) batches.Add((_nodes[i].Name, changes));
        }
        foreach (var (host, changes) in batches.OrderBy(batch => batch.Changes[^1]))
            changes.ForEach(present => Note(host, present, at));
    }

    private void Note(string host, bool present, Moment at)
    {
        // A renewed lifetime is reported like a new address; only changes are of interest.
        if (present ? _holders.Add(host) : _holders.Remove(host)) _changes.Add(new AddressChange(at, host, present));
    }
}
