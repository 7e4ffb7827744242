using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>A third host on the LAN that repeats frames until it is disposed of, beside everything that a test does meanwhile.</summary>
public sealed class Attack : IDisposable
{
    private const int MostLines = 20;
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(20);

    private readonly LanTap _tap;
    private readonly byte[][] _frames;
    private readonly Thread _thread;
    private long _rounds;
    private volatile bool _stopped;

    /// <summary>Begins to send all of the frames, one after the other, every 20 ms.</summary>
    public Attack(LanTap tap, params byte[][] frames)
    {
        (_tap, _frames) = (tap, frames);
        _thread = new Thread(Send) { IsBackground = true, Name = "attack" };
        _thread.Start();
    }

    /// <summary>How often each frame has left.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>
    /// Sends frames for three deadlines while the pair is at rest: they move nothing, no client notices, each node refuses them for the reason
    /// that is given for it, and where that is an alarm, says so and says it once.
    /// </summary>
    public static async Task ExpectNoEffect(AkkaLab lab, LanTap tap, byte[] frame, string atStandby, string atActive, string? alarm)
    {
        var (active, standby) = (lab.Active, lab.Standby);
        (AkkaNode Node, string Reason, long Before)[] counters = [(active, atActive, Count(active, atActive)), (standby, atStandby, Count(standby, atStandby))];
        var alarms = alarm is null ? 0 : Events(standby, alarm);
        var (terms, lines) = ((active.Status!.Term, standby.Status!.Term), LinesOf(active) + LinesOf(standby));
        lab.Observer.Reset();
        using (var attack = new Attack(tap, frame))
        {
            await Task.Delay(lab.Deadline * 3);
            await lab.Pair.Expect(() => counters.All(counter => Count(counter.Node, counter.Reason) - counter.Before >= 10), TimeSpan.FromSeconds(5),
                $"ten refused as {atActive} and {atStandby}, {attack.Rounds} were sent: {string.Join(", ", active.Refused)}; {string.Join(", ", standby.Refused)}");
            if (alarm is not null) await ExpectAlarm(lab, standby, alarm, alarms, atStandby);
        }
        lab.ExpectNothingMoved(active);
        Assert.Equal(terms, (active.Status!.Term, standby.Status!.Term));
        Assert.Equal(("active", "standby"), (active.Status!.Role, standby.Status!.Role));
        // An alarm, and the first, tenth and hundredth of a kind: not a line a frame.
        Assert.InRange(LinesOf(active) + LinesOf(standby) - lines, 0, MostLines);
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private static async Task ExpectAlarm(AkkaLab lab, AkkaNode node, string alarm, int before, string reason)
    {
        await lab.Pair.Expect(() => node.Status!.AlarmText.Contains(alarm, StringComparison.Ordinal), TimeSpan.FromSeconds(3), $"the alarm {alarm} for {reason}");
        if (alarm == "bad-adverts") Assert.Contains(reason, node.Status!.AlarmText, StringComparison.Ordinal);
        // Once for as long as it lasts: whoever sends more does not fill the disk with it.
        Assert.InRange(Events(node, alarm) - before, 0, 1);
    }

    private static int Events(AkkaNode node, string alarm) => node.Process!.Log.Split('\n').Count(line => line.Contains($"{alarm}:", StringComparison.Ordinal));

    private static int LinesOf(AkkaNode node) => node.Process!.Log.Count(letter => letter == '\n');

    private static long Count(AkkaNode node, string reason) => node.Refused.GetValueOrDefault(reason);

    private void Send()
    {
        while (!_stopped)
        {
            foreach (var frame in _frames) _tap.TrySend(frame);
            Volatile.Write(ref _rounds, _rounds + 1);
            Thread.Sleep(Spacing);
        }
    }
}
