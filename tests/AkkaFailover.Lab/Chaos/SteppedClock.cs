using System.Buffers.Binary;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Chaos;

/// <summary>
/// A wall clock of a node's own, which can be set: its daemon and guard are started with a library that adds a number of seconds to CLOCK_REALTIME, as a step of
/// the machine's clock does. The machine's own clock is not touched.
/// </summary>
internal sealed class SteppedClock
{
    private readonly string _file;

    /// <summary>It goes right at first.</summary>
    /// <exception cref="LabException">The library does not compile.</exception>
    public SteppedClock(LabHost host)
    {
        _file = Path.Combine(host.Directory, "clock");
        var library = Path.Combine(host.Directory, "stepped-clock.so");
        Tool.Run("clang", ["-O2", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "Chaos", "stepped-clock.c")]);
        Set(TimeSpan.Zero);
        Wrapper = ["env", $"LD_PRELOAD={library}", $"STEPPED_CLOCK={_file}"];
    }

    /// <summary>The command that a daemon is started behind.</summary>
    public string[] Wrapper { get; }

    /// <summary>Sets it: by how much it differs from the machine's, in whole seconds.</summary>
    public void Set(TimeSpan offset)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)offset.TotalSeconds);
        // In its place: the processes have mapped it.
        using var file = File.OpenWrite(_file);
        file.Write(seconds);
    }
}
