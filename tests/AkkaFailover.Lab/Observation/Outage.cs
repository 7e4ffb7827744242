namespace AkkaFailover.Lab.Observation;

/// <summary>What clients noticed of a fault. The definitions stand in the documentation of the lab.</summary>
public static class Outage
{
    /// <summary>
    /// The longest time without an answer, whoever answers, from the last answer before the fault to the end of the
    /// observation.
    /// </summary>
    public static TimeSpan LongestGap(IReadOnlyList<Answer> answers, Moment fault, Moment end)
    {
        var longest = TimeSpan.Zero;
        var last = fault;
        foreach (var answer in answers)
        {
            if (answer.At <= fault)
            {
                last = answer.At;
                continue;
            }
            if (answer.At - last > longest) longest = answer.At - last;
            last = answer.At;
        }
        return end - last > longest ? end - last : longest;
    }

    /// <summary>From the fault to the first answer of one station; null where it never answered.</summary>
    public static TimeSpan? FirstAnswerAfter(IReadOnlyList<Answer> answers, Moment fault, MacAddress from)
    {
        foreach (var answer in answers)
        {
            if (answer.At > fault && answer.From == from) return answer.At - fault;
        }
        return null;
    }

    /// <summary>How long two stations answered: the requests that both answered (within half an interval), times the interval.</summary>
    public static TimeSpan AnsweredByBoth(IReadOnlyList<Answer> answers)
    {
        var requests = 0;
        for (var i = 1; i < answers.Count; i++)
        {
            if (answers[i].From != answers[i - 1].From && answers[i].At - answers[i - 1].At < Observer.Interval / 2) requests++;
        }
        return Observer.Interval * requests;
    }
}
