using System.Diagnostics;
using System.Globalization;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>A node in a process of its own: to be killed, or to live in a network namespace. It writes what it is told to its output.</summary>
internal static class LinkPeer
{
    /// <summary>node listen-host:port peer peer-host:port certificate key ca beat-milliseconds [starved-pool-threads]</summary>
    public static int Run(string[] arguments)
    {
        var (node, listen, peer, peerAt) = (arguments[0], Parse(arguments[1]), arguments[2], Parse(arguments[3]));
        var settings = TestNode.MakeSettings(node, listen, peer, peerAt, new TlsSettings(arguments[4], arguments[5], arguments[6]));
        var period = TimeSpan.FromMilliseconds(int.Parse(arguments[7], CultureInfo.InvariantCulture));
        var starved = arguments.Length > 8 ? int.Parse(arguments[8], CultureInfo.InvariantCulture) : 0;
        SocketCompletions.RunInline();
        using var ended = new ManualResetEventSlim();
        var self = TestNode.Start(settings, told: told =>
        {
            Write(told);
            if (told is not LinkChanged { Status: LinkStatus.Connected }) return;
            for (; starved > 0; starved--) ThreadPool.UnsafeQueueUserWorkItem(_ => ended.Wait(), null);
        });
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            ended.Set();
        }) { IsBackground = true }.Start();
        while (!ended.Wait(period)) self.Send(new Beat(TestNode.BeatOf(Role.Standby) with { PauseEpoch = (ulong)Stopwatch.GetTimestamp() }));
        return 0;
    }

    private static void Write(object told) => Console.WriteLine(told is BeatHeard heard
        ? $"beat {(Stopwatch.GetTimestamp() - (long)heard.Beat.PauseEpoch) / 1000} us"
        : told.ToString());

    private static HostPort Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return new HostPort(text[..colon], int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture));
    }
}
