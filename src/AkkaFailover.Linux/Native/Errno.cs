using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Native;

/// <summary>The error numbers that are handled by name; the same on all of Linux's 64-bit machines that .NET runs on.</summary>
internal static class Errno
{
    public const int None = 0;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NoSuchDevice = 19;
    public const int TooManyFilesOfAll = 23;
    public const int TooManyFiles = 24;
    public const int AddressNotAvailable = 99;
    public const int NoBufferSpace = 105;

    /// <summary>The error of the last call on this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>An error as people read it: the C library's sentence and the number.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
