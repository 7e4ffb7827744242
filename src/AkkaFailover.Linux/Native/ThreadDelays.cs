using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>How long one thread has waited for a processor, as the kernel counts it (/proc/thread-self/schedstat).</summary>
internal sealed class ThreadDelays : IDisposable
{
    private readonly SafeFileHandle _statistics;

    private ThreadDelays(SafeFileHandle statistics) => _statistics = statistics;

    /// <summary>In all so far; zero where the kernel does not tell. Does not allocate.</summary>
    public TimeSpan Total
    {
        get
        {
            Span<byte> text = stackalloc byte[64];
            var length = Descriptors.ReadFromStart(_statistics, text);
            if (length <= 0) return TimeSpan.Zero;
            // "running delay slices", the first two in nanoseconds.
            var delay = text[..length];
            delay = delay[(delay.IndexOf((byte)' ') + 1)..];
            return Utf8Parser.TryParse(delay, out long nanoseconds, out _) ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : TimeSpan.Zero;
        }
    }

    /// <summary>Of the calling thread; null where the kernel counts none.</summary>
    public static ThreadDelays? OfThisThread()
    {
        try
        {
            return new ThreadDelays(File.OpenHandle("/proc/thread-self/schedstat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statistics.Dispose();
}
