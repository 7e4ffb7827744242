using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Control;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Rehearsal;
using AkkaFailover.Daemon.Replica;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog.Core;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>The real server on a real socket, driven by the real client; the actors behind it answer what a test gives them.</summary>
public class ControlLab : IAsyncLifetime
{
    private readonly Dictionary<Type, Func<object, object?>> _answers = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("failoverctl-").FullName;
    private readonly ActorSystem _system = ActorSystem.Create("failover");
    private readonly ControlServer _server;
    private readonly LoggingLevelSwitch _level = new();

    private protected ControlLab(params string[] groups)
    {
        var settings = CannedPair.Settings(groups.Length == 0 ? ["vpn"] : groups);
        var actor = _system.ActorOf(Props.Create(() => new CannedActor(Answer)), "canned");
        IReadOnlyList<GroupHandle> handles = [.. settings.Groups.Select(group => new GroupHandle(group, actor, actor, actor, actor, actor, actor))];
        var context = new ControlContext(settings, handles, actor, _system,
            () => [new("failover.groups.vpn.interface", "eth0", "/etc/akka-failover/failover.conf:12"), new("failover.preempt", "off", "default")], _level)
        {
            Zone = TimeZoneInfo.Utc,
            Patience = TimeSpan.FromSeconds(2),
        };
        SocketPath = Path.Combine(_directory, "run", "control.sock");
        _server = new ControlServer(SocketPath, () => context, NullLogger<ControlServer>.Instance);
        When<GetElection>(_ => CannedPair.Active);
        When<GetVip>(_ => CannedPair.Holding);
        When<GetReplica>(_ => CannedPair.InSync);
        When<GetService>(_ => CannedPair.Running);
        When<GetOpenVpn>(_ => CannedPair.Vpn);
        When<CheckNow>(_ => CannedPair.Tried);
        When<ServiceRestartRequested>(_ => new OperatorAnswer(true, "the service is stopped and started again: see service show"));
        When<GetHistory>(_ => CannedPair.History);
        When<GetHeartbeatStats>(_ => CannedPair.Stats);
        When<PeekAdverts>(_ => CannedPair.Adverts);
        When<VerifyVip>(_ => CannedPair.Verified);
        When<GetCluster>(_ => CannedPair.Cluster);
        When<ListEntries>(_ => CannedPair.Entries);
        When<GetChangeLog>(_ => CannedPair.Changes);
        When<GetPaths>(_ => CannedPair.Paths);
        When<ListConflicts>(_ => CannedPair.Conflicts);
        When<CompactJournal>(_ => new JournalCompacted(1042, null));
        When<VerifyJournal>(_ => CannedPair.Whole);
        When<RollbackTo>(ask => CannedPair.Plan(ask.DryRun ? null : 1044));
        When<ComparePeer>(_ => CannedPair.Compared);
        When<GetEntry>(ask => CannedPair.Values.TryGetValue(ask.Key, out var value) ? new EntryFound(ask.Key, value, 1042) : new EntryMissing(ask.Key));
        When<Rehearse>(ask => Rehearse(ask, CannedPair.Rehearsed));
        When<HandoverRequested>(ask => new OperatorAnswer(true, $"handing over to b, asked for by {ask.By}"));
        When<TakeoverForced>(_ => new OperatorAnswer(false, "this node is active already"));
        When<PauseRequested>(ask => new OperatorAnswer(true, ask.Paused ? "roles are frozen" : "roles are thawed"));
    }

    protected string SocketPath { get; }

    /// <summary>Tells who watches what became of a rehearsal, and who asked that it begins.</summary>
    private protected static OperatorAnswer Rehearse(Rehearse ask, RehearsalReport report)
    {
        foreach (var phase in report.Phases) ask.Watcher.Tell(phase);
        ask.Watcher.Tell(report);
        return new OperatorAnswer(true, "the rehearsal begins");
    }

    /// <summary>From now on a question of this kind is answered so; null is no answer.</summary>
    protected void When<T>(Func<T, object?> answer) => _answers[typeof(T)] = question => answer((T)question);

    /// <summary>Runs the client in this process, with these words and this standard input.</summary>
    protected Task<Ran> CtlAsync(string words, string input = "") => CtlAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), input);

    /// <inheritdoc cref="CtlAsync(string, string)"/>
    protected async Task<Ran> CtlAsync(string[] words, string input = "", params (string Name, string Value)[] environment)
    {
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var stdout = new MemoryStream();
        await using var stderr = new StringWriter { NewLine = "\n" };
        var code = await FailoverCtl.RunAsync(words, new Terminal(stdin, stdout, stderr, false, false, name =>
            name == "FAILOVERCTL_SOCKET" ? SocketPath : environment.FirstOrDefault(variable => variable.Name == name).Value));
        return new Ran(code, stdout.ToArray(), stderr.ToString());
    }

    /// <summary>A program's own connection, without the client.</summary>
    protected Wire Connect()
    {
        // Blocking, as it waits while the backlog is full; a non-blocking connect of a Unix socket fails then.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return new Wire(new NetworkStream(socket, ownsSocket: true));
    }

    public Task InitializeAsync() => _server.StartAsync(CancellationToken.None);

    public virtual async Task DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        _server.Dispose();
        await _system.Terminate();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private object? Answer(object question) => _answers.TryGetValue(question.GetType(), out var answer) ? answer(question) : null;

    private sealed class CannedActor : ReceiveActor
    {
        public CannedActor(Func<object, object?> answer) =>
            ReceiveAny(question =>
            {
                if (answer(question) is { } given) Sender.Tell(given);
            });
    }
}

/// <summary>What a run of the client left.</summary>
public sealed record Ran(int Code, byte[] Bytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Lines over a socket.</summary>
public sealed class Wire(NetworkStream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    public void EndSending() => stream.Socket.Shutdown(SocketShutdown.Send);

    public Task<string?> ReadAsync() => _reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        _reader.Dispose();
        stream.Dispose();
    }
}
