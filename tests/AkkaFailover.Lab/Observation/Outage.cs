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

    /// <summary>
    /// How long two stations answered: the questions that both answered, times the interval. What counts is the question and not
    /// the time of the answers: on a busy machine two questions may leave, and their answers be read, in the same moment.
    /// </summary>
    public static TimeSpan AnsweredByBoth(IReadOnlyList<Answer> answers) =>
        Observer.Interval * answers.GroupBy(answer => answer.Question, answer => answer.From).Count(stations => stations.Distinct().Count() > 1);
}
