using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>
/// A semaphore of the kernel's (eventfd(2) with EFD_SEMAPHORE): to wait is one system call and to release is one. .NET's own take several each,
/// which counts for threads that are woken a thousand times a second.
/// </summary>
public sealed class KernelSemaphore : IDisposable
{
    private readonly SafeFileHandle _counter = Descriptors.CreateSemaphore();

    /// <summary>Waits until there is a unit, and takes it.</summary>
    /// <exception cref="IOException">The semaphore cannot be waited for.</exception>
    public void Wait()
    {
        Span<byte> unit = stackalloc byte[sizeof(ulong)];
        while (Descriptors.Read(_counter, unit) < 0)
        {
            if (Errno.Last != Errno.Interrupted) throw new IOException($"read of an eventfd: {Errno.Describe(Errno.Last)}");
        }
    }

    /// <summary>Adds a unit, which wakes one thread that waits.</summary>
    public void Release() => Descriptors.Wake(_counter);

    /// <inheritdoc/>
    public void Dispose() => _counter.Dispose();
}
