using System.Diagnostics;

namespace AkkaFailover.Lab;

/// <summary>CLOCK_MONOTONIC; network namespaces share it, so moments of different hosts of the lab can be compared.</summary>
public static class LabClock
{
    /// <summary>Now.</summary>
    public static Moment Now => new(Stopwatch.GetTimestamp());

    /// <summary>Waits until a condition holds, looking every 20 ms.</summary>
    /// <returns>False where it did not hold in time.</returns>
    public static Task<bool> Until(Func<bool> condition, TimeSpan within) => Until(() => Task.FromResult(condition()), within);

    /// <inheritdoc cref="Until(Func{bool}, TimeSpan)"/>
    public static async Task<bool> Until(Func<Task<bool>> condition, TimeSpan within)
    {
        var end = Now + within;
        while (!await condition())
        {
            if (Now >= end) return false;
            await Task.Delay(20);
        }
        return true;
    }

    /// <summary>As <see cref="Expect"/>, looking each millisecond: for what is measured.</summary>
    /// <exception cref="LabException">It did not hold in time.</exception>
    public static async Task ExpectPromptly(Func<bool> condition, TimeSpan within, string what)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var end = Now + within; !condition(); await look.WaitForNextTickAsync())
            if (Now >= end) throw StillNot(within, what);
    }

    /// <summary>Waits until a condition holds, or fails with what was waited for.</summary>
    /// <exception cref="LabException">It did not hold in time.</exception>
    public static async Task Expect(Func<bool> condition, TimeSpan within, string what)
    {
        if (!await Until(condition, within)) throw StillNot(within, what);
    }

    private static LabException StillNot(TimeSpan within, string what) => new($"after {within.TotalSeconds:0.#} s still not: {what}");
}
