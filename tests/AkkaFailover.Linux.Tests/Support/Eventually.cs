namespace AkkaFailover.Linux.Tests.Support;

/// <summary>Conditions that come true by themselves.</summary>
public static class Eventually
{
    /// <summary>Looks every few milliseconds until a condition holds.</summary>
    /// <param name="seconds">Time of this process, not of a machine that stands still.</param>
    public static void True(Func<bool> condition, string what, double seconds = 10)
    {
        var watch = RunningTime.StartNew();
        while (!condition())
        {
            if (watch.Elapsed.TotalSeconds > seconds) throw new TimeoutException($"not within {seconds} s: {what}");
            Thread.Sleep(5);
        }
    }
}
