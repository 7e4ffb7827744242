using System.Diagnostics;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    /// <summary>Looks again and again until something holds; a look that ends in <typeparamref name="TBusy"/> came while it was being made.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="patience">How long.</param>
    /// <param name="found">What is there instead, for the failure.</param>
    /// <param name="pause">Milliseconds between two looks.</param>
    public static async Task Holds<TBusy>(Func<bool> holds, TimeSpan patience, Func<Task<string>> found, int pause = 10)
        where TBusy : Exception
    {
        for (var watch = Stopwatch.StartNew(); !HoldsNow<TBusy>(holds); await Task.Delay(pause))
            if (watch.Elapsed > patience) Assert.Fail($"it did not come about: {await found()}");
    }

    private static bool HoldsNow<TBusy>(Func<bool> holds)
        where TBusy : Exception
    {
        try
        {
            return holds();
        }
        catch (TBusy)
        {
            return false;
        }
    }
}
