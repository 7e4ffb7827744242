using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>What a user would call an interruption.</summary>
public static class Interruptions
{
    /// <summary>Shorter times without an answer are the network's, or the machine's.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(300);

    /// <summary>How often answers were missing for longer than that, from the last answer before the fault to the end.</summary>
    public static int Count(IReadOnlyList<Answer> answers, Moment fault, Moment end)
    {
        var (count, last) = (0, fault);
        foreach (var answer in answers)
        {
            if (answer.At > fault && answer.At - last > Shortest) count++;
            last = answer.At;
        }
        return end - last > Shortest ? count + 1 : count;
    }
}
