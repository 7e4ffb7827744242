using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>A third host on the LAN that repeats frames until it is disposed of, beside everything that a test does meanwhile.</summary>
public sealed class Attack : IDisposable
{
    private const int MostLines = 20, SourceAt = 26;
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
    /// Sends frames for three deadlines while the pair is at rest: they move nothing, no client notices, and each node refuses them for the reason
    /// that is given for it. Where that is an alarm, the node that refuses says so and says it once; where it is none, it does not.
    /// </summary>
    /// <param name="lab">The pair.</param>
    /// <param name="tap">Where the frames leave.</param>
    /// <param name="frame">One of them.</param>
    /// <param name="atStandby">Why the standby refuses it.</param>
    /// <param name="atActive">Why the active does.</param>
    /// <param name="releaseHeardLast">It is the release that the active heard last: its second copy is no alarm, as releases are sent twice.</param>
    public static async Task ExpectNoEffect(AkkaLab lab, LanTap tap, byte[] frame, string atStandby, string atActive, bool releaseHeardLast = false)
    {
        var (active, standby) = (lab.Active, lab.Standby);
        var source = new IPAddress(frame.AsSpan(SourceAt, 4)).ToString();
        Refuser[] refusers = [new(active, atActive, source, releaseHeardLast ? null : AlarmOf(atActive)), new(standby, atStandby, source, AlarmOf(atStandby))];
        var (terms, lines) = ((active.Status!.Term, standby.Status!.Term), LinesOf(active) + LinesOf(standby));
        lab.Observer.Reset();
        using (var attack = new Attack(tap, frame))
        {
            await Task.Delay(lab.Deadline * 3);
            await lab.Pair.Expect(() => refusers.All(refuser => refuser.Refused >= 10), TimeSpan.FromSeconds(5),
                $"ten refused as {atActive} and {atStandby}, {attack.Rounds} were sent: {string.Join(", ", active.Refused)}; {string.Join(", ", standby.Refused)}");
            foreach (var refuser in refusers) await refuser.ExpectAlarm(lab.Pair);
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

    /// <summary>The alarm that a refusal raises, whatever the node's role is (src/docs/failoverctl.md); null for other groups and VRRP, which are honest neighbours.</summary>
    private static string? AlarmOf(string reason) => reason switch
    {
        "other-vhid" or "carp-version" or "carp-auth-length" => null,
        "bad-digest" => "key-mismatch",
        _ => "bad-adverts",
    };

    private static int LinesOf(AkkaNode node) => node.Process!.Log.Count(letter => letter == '\n');

    private void Send()
    {
        while (!_stopped)
        {
            foreach (var frame in _frames) _tap.TrySend(frame);
            Volatile.Write(ref _rounds, _rounds + 1);
            Thread.Sleep(Spacing);
        }
    }

    /// <summary>A node that refuses the frames, as it was before the first of them.</summary>
    private sealed class Refuser(AkkaNode node, string reason, string source, string? alarm)
    {
        private readonly long _before = Count(node, reason);
        private readonly int _events = Events(node, alarm);

        public long Refused => Count(node, reason) - _before;

        public async Task ExpectAlarm(LabPair pair)
        {
            if (alarm is null)
            {
                Assert.False(Tells(), $"{node.Host.Name} raises an alarm for {reason}: {node.Status!.AlarmText}");
                return;
            }
            await pair.Expect(Tells, TimeSpan.FromSeconds(3), $"the alarm {alarm} for {reason} from {source} on {node.Host.Name}");
            // Once for as long as it lasts: whoever sends more does not fill the disk with it.
            Assert.InRange(Events(node, alarm) - _events, 0, 1);
        }

        /// <summary>Whether an alarm speaks of these frames, and not only of earlier ones, as it lasts for a minute.</summary>
        private bool Tells()
        {
            var text = node.Status!.AlarmText;
            if (alarm is not null && !text.Contains(alarm, StringComparison.Ordinal)) return false;
            return alarm == "key-mismatch"
                ? text.Contains($"{source} sends adverts of our vhid", StringComparison.Ordinal)
                : Regex.Match(text, $@"\b{reason} (\d+)") is { Success: true } told && long.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture) > _before;
        }

        private static int Events(AkkaNode node, string? alarm) =>
            alarm is null ? 0 : node.Process!.Log.Split('\n').Count(line => line.Contains($"{alarm}:", StringComparison.Ordinal));

        private static long Count(AkkaNode node, string reason) => node.Refused.GetValueOrDefault(reason);
    }
}
