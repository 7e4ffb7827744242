using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>Waiting for file descriptors.</summary>
internal static partial class LibcPoll
{
    private const short Readable = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>Waits until one of two descriptors can be read or has an error, or the time is over; -1 stands for no descriptor.</summary>
    public static unsafe void WaitEither(int first, int second, int milliseconds)
    {
        var descriptors = stackalloc PollDescriptor[2];
        descriptors[0] = new PollDescriptor { Descriptor = first, Events = Readable };
        descriptors[1] = new PollDescriptor { Descriptor = second, Events = Readable };
        _ = Poll(descriptors, 2, milliseconds);
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}
