using System.Collections.Concurrent;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>An actor system with a journal and nothing else: what its parent is told can be waited for.</summary>
internal sealed class JournalUser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
    private readonly ActorSystem _system;
    private readonly IActorRef _parent;

    /// <param name="log">Takes every line of the system's log; null for none.</param>
    public JournalUser(FailoverSettings settings, ConcurrentQueue<string>? log = null)
    {
        var level = log is null ? "akka { loglevel = OFF, stdout-loglevel = OFF }" : "akka { loglevel = DEBUG, stdout-loglevel = OFF, log-config-on-start = on, loggers = [] }";
        var setup = BootstrapSetup.Create().WithConfig(JournalSetup.Config(settings).WithFallback(level));
        _system = ActorSystem.Create("journal", ActorSystemSetup.Create(setup, JournalSetup.Options(settings)));
        if (log is not null)
            _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new LogKeeper(log))), typeof(LogEvent));
        _parent = _system.ActorOf(Props.Create(() => new Parent(settings, _told)));
    }

    /// <summary>Opens the journal and waits until it is read.</summary>
    public async Task<ReplicaState> Open()
    {
        BeginReading();
        return (await Told<JournalRead>()).State;
    }

    /// <summary>Opens the journal.</summary>
    public void BeginReading() => _parent.Tell(OpenIt);

    /// <summary>Writes a batch and waits until it is on disk.</summary>
    public async Task Write(params ReplicaEvent[] events)
    {
        Begin(events);
        await Told<JournalWritten>();
    }

    /// <summary>Writes an event of another name, forgets it, and waits until that is done.</summary>
    public async Task WarmUp()
    {
        _parent.Tell(WarmIt);
        await Told<Terminated>();
    }

    public void Begin(params ReplicaEvent[] events) => _parent.Tell(new WriteJournal([.. events]));

    public async Task<T> Told<T>()
    {
        using var limit = new CancellationTokenSource(Patience);
        var told = await _told.Reader.ReadAsync(limit.Token);
        return told is T wanted ? wanted : throw new InvalidOperationException($"the journal said {told} instead of {typeof(T).Name}");
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private const string OpenIt = "open";
    private const string WarmIt = "warm";

    private sealed class LogKeeper : UntypedActor
    {
        private readonly ConcurrentQueue<string> _lines;

        public LogKeeper(ConcurrentQueue<string> lines) => _lines = lines;

        protected override void OnReceive(object message)
        {
            if (message is LogEvent line)
                _lines.Enqueue($"{line} {line.Cause}");
        }
    }

    private sealed class Parent : UntypedActor
    {
        private readonly FailoverSettings _settings;
        private readonly Channel<object> _told;
        private IActorRef _journal = ActorRefs.Nobody;

        public Parent(FailoverSettings settings, Channel<object> told) => (_settings, _told) = (settings, told);

        protected override void OnReceive(object message)
        {
            if (message is OpenIt)
                _journal = Context.ActorOf(JournalActor.Props(_settings.Groups[0].Name));
            else if (message is WarmIt)
                Context.Watch(Context.ActorOf(JournalWarmUpActor.Props(_settings.Groups[0].Name, DateTimeOffset.UnixEpoch)));
            else if (message is WriteJournal)
                _journal.Forward(message);
            else
                _told.Writer.TryWrite(message);
        }
    }
}
