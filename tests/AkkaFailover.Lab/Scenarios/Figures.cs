namespace AkkaFailover.Lab.Scenarios;

/// <summary>Writes figures as people read them.</summary>
internal static class Figures
{
    /// <summary>A time; "never" for none.</summary>
    public static string Time(double? milliseconds) => milliseconds switch
    {
        null or double.PositiveInfinity => "never",
        >= 1000 and var value => $"{value / 1000:0.00} s",
        { } value => $"{value:0} ms",
    };

    /// <summary>Median and worst of a series.</summary>
    public static string MedianAndWorst(Series series, Outcome outcome) => $"{Time(series.Median(outcome))} ({Time(series.Worst(outcome))})";
}
