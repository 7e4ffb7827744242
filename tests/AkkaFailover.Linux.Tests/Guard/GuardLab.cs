using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;
using AkkaFailover.Linux.Tests.Support;
using AkkaFailover.Linux.Time;

namespace AkkaFailover.Linux.Tests.Guard;

/// <summary>Two connected namespaces; guards run in the first, the second listens.</summary>
public sealed class GuardLab : IDisposable
{
    private readonly LanPair _lan = new();
    private readonly AddressTable _table;
    private readonly Socket _wire;
    private readonly string _stateDir = Directory.CreateTempSubdirectory("guard-test-").FullName;

    public GuardLab()
    {
        _table = Space.Run(() => new AddressTable());
        // ETH_P_ALL in network byte order.
        _wire = _lan.B.Run(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0x0300));
        Options = OptionsFor("10.77.0.222/24");
    }

    /// <summary>Where the guards run.</summary>
    public NetNamespace Space => _lan.A;

    /// <summary>A guard of 10.77.0.222/24.</summary>
    public GuardOptions Options { get; set; }

    public static Moment Now => BootClock.Instance.Now;

    public GuardOptions OptionsFor(params string[] addresses) => GuardOptions.For(_stateDir, GroupName.Parse("vpn"), "eth0",
        [.. addresses.Select(text => VirtualAddress.TryParse(text, "eth0", out var address, out var error) ? address! : throw new FormatException(error))]);

    /// <summary>Whether the kernel has an address, with this prefix.</summary>
    public bool Has(string address)
    {
        var network = address.Split('/');
        var present = _table.List();
        return present.Any(a => a.Address.Equals(IPAddress.Parse(network[0])) && a.PrefixLength == int.Parse(network[1]));
    }

    /// <summary>Waits until the address is off.</summary>
    public TimeSpan UntilGone(string address, double withinSeconds)
    {
        var watch = Stopwatch.StartNew();
        Eventually.True(() => !Has(address), $"{address} off", withinSeconds);
        return watch.Elapsed;
    }

    /// <summary>Starts a guard without a keeper.</summary>
    internal GuardProcess StartGuard() => Space.Run(() => GuardProcess.Start(GuardProgram.Find(), Options, TimeSpan.FromSeconds(5)));

    /// <summary>Starts a guard with its keeper.</summary>
    public GuardKeeper StartKeeper() => Space.Run(() => GuardKeeper.Start(Options));

    /// <summary>A guard that holds its addresses for a while.</summary>
    internal GuardProcess StartHolding(TimeSpan lease)
    {
        var guard = StartGuard();
        Send(guard, GuardRecordKind.Extend, (Now + lease).Nanoseconds);
        Send(guard, GuardRecordKind.Hold, 7);
        Expect(guard, GuardRecordKind.Held);
        return guard;
    }

    internal static void Send(GuardProcess guard, GuardRecordKind kind, long number = 0, ReadOnlySpan<byte> body = default)
    {
        Span<byte> record = stackalloc byte[GuardRecord.Length];
        GuardRecord.Write(record, kind, number, body);
        if (!Descriptors.Write(guard.Input, record)) throw new IOException("the guard's pipe is full or closed");
    }

    /// <summary>Waits for a report of the guard; others are passed over.</summary>
    internal static string Expect(GuardProcess guard, GuardRecordKind kind)
    {
        string? text = null;
        Eventually.True(
            () =>
            {
                while (text is null && guard.TryRead(out var record))
                    if (record.Kind == kind) text = record.Text;
                return text is not null;
            },
            $"{kind} from the guard");
        return text!;
    }

    /// <summary>A frame that nothing else sends.</summary>
    public static byte[] Frame()
    {
        var frame = new byte[70];
        MacAddress.Broadcast.Write(frame);
        frame[6] = 0x02;
        // IEEE 802 local experimental EtherType 1.
        (frame[12], frame[13]) = (0x88, 0xb5);
        Random.Shared.NextBytes(frame.AsSpan(14));
        return frame;
    }

    /// <summary>Waits until the frame arrives at the other host.</summary>
    public void UntilSeen(byte[] frame, double withinSeconds)
    {
        var buffer = new byte[2048];
        Eventually.True(
            () => _wire.Available > 0 && _wire.Receive(buffer) is var length && buffer.AsSpan(0, length).SequenceEqual(frame),
            "the release frame on the wire",
            withinSeconds);
    }

    /// <summary>A service: leader of a process group of its own.</summary>
    public static Process StartService(string script)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", script]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        // It has set itself up when it says so.
        process.StandardOutput.ReadLine();
        return process;
    }

    public void Dispose()
    {
        _wire.Dispose();
        _table.Dispose();
        _lan.Dispose();
        Directory.Delete(_stateDir, recursive: true);
    }

}
