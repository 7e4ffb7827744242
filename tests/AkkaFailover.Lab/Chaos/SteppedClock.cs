using System.Globalization;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Chaos;

/// <summary>
/// A wall clock of a node's own, which can be set: its daemon and guard run with libfaketime, which adds a number of seconds from a file to CLOCK_REALTIME and
/// leaves CLOCK_MONOTONIC and CLOCK_BOOTTIME alone, as a step of the machine's clock does. The machine's own clock is not touched.
/// </summary>
internal sealed class SteppedClock
{
    private const string Folder = "/usr/lib", Library = "libfaketimeMT.so.1";
    private readonly string _file;

    /// <summary>It goes right at first.</summary>
    public SteppedClock(LabHost host)
    {
        _file = Path.Combine(host.Directory, "clock");
        Set(TimeSpan.Zero);
        // Without a cache the step is there with the next look at the clock; times of files are the kernel's.
        Wrapper = ["env", $"LD_PRELOAD={Find()}", $"FAKETIME_TIMESTAMP_FILE={_file}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"];
    }

    /// <summary>The command that a daemon is started behind.</summary>
    public string[] Wrapper { get; }

    /// <summary>Sets it: by how much it differs from the machine's.</summary>
    public void Set(TimeSpan offset)
    {
        File.WriteAllText(_file + ".new", string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? "-" : "+")}{offset.Duration().TotalSeconds:0}\n"));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static string Find() => Directory.GetDirectories(Folder, "*-linux-gnu*").Select(folder => Path.Combine(folder, "faketime", Library)).FirstOrDefault(File.Exists)
        ?? throw new LabException($"there is no {Library} below {Folder}: install the package faketime");
}
