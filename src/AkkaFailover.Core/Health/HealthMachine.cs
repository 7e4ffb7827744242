using System.Collections.Immutable;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Health;

/// <summary>The checks that run now.</summary>
/// <param name="OnActive">True where the service runs, false where it is stopped, null where nothing is checked: between the two.</param>
/// <param name="Checks">In the configuration's order; empty where nothing is checked.</param>
/// <param name="LastTry">The highest number of a try so far, so that the answer to an old one is known as such.</param>
public sealed record HealthState(bool? OnActive, ImmutableArray<CheckState> Checks, long LastTry)
{
    /// <summary>Nothing is checked.</summary>
    public static readonly HealthState Idle = new(null, [], 0);

    /// <summary>What they say together.</summary>
    public HealthVerdict Verdict => HealthVerdict.Of(Checks);

    /// <summary>When to look again; <see cref="Moment.Never"/> where nothing is checked.</summary>
    public Moment Wake => Checks.Aggregate(Moment.Never, (wake, check) => Moment.Min(wake, check.Wake));
}

/// <summary>Something that happened to the checks.</summary>
public abstract record HealthInput
{
    /// <summary>The service runs now (true), is stopped (false), or neither: what was found elsewhere counts no more.</summary>
    public sealed record Moved(bool? OnActive) : HealthInput;

    /// <summary>A try was answered.</summary>
    public sealed record Answered(string Check, long Try, ProbeAnswer Answer) : HealthInput;

    /// <summary>The moment <see cref="HealthState.Wake"/> has come.</summary>
    public sealed record Tick : HealthInput;
}

/// <summary>Something to do for the checks.</summary>
public abstract record HealthOutput
{
    /// <summary>Begin a try.</summary>
    public sealed record Try(HealthCheckSettings Check, long Number) : HealthOutput;

    /// <summary>Give up the try of a check: it took too long, or nobody wants to know any more.</summary>
    public sealed record GiveUp(string Check) : HealthOutput;
}

/// <summary>When each check is tried, and what its answers amount to: a pure function of what happened.</summary>
public static class HealthMachine
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(200);

    /// <summary>One step.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="input">What happened.</param>
    /// <param name="now">When.</param>
    /// <param name="settings">All checks of the service.</param>
    /// <returns>The new state, and what to do in this order.</returns>
    public static (HealthState State, IReadOnlyList<HealthOutput> Outputs) Step(HealthState state, HealthInput input, Moment now, IReadOnlyList<HealthCheckSettings> settings)
    {
        var outputs = new List<HealthOutput>();
        state = input switch
        {
            HealthInput.Moved moved => Move(state, moved.OnActive, now, settings, outputs),
            HealthInput.Answered answered => Change(state, answered.Check, check => check.TryingSince is not null && check.Try == answered.Try ? Count(check, answered.Answer, now) : check),
            HealthInput.Tick => state,
            _ => throw new ArgumentOutOfRangeException(nameof(input), input, null),
        };
        return (Run(state, now, outputs), outputs);
    }

    private static HealthState Move(HealthState state, bool? onActive, Moment now, IReadOnlyList<HealthCheckSettings> settings, List<HealthOutput> outputs)
    {
        if (onActive == state.OnActive) return state;
        foreach (var check in state.Checks.Where(check => check.TryingSince is not null)) outputs.Add(new HealthOutput.GiveUp(check.Check.Name));
        ImmutableArray<CheckState> checks = onActive is not { } active ? [] : [.. settings.Where(check => check.RunsOn(active)).Select(check => CheckState.Initial(check, now, state.LastTry))];
        return state with { OnActive = onActive, Checks = checks };
    }

    /// <summary>Ends tries that took too long, and begins those that are due: one of a check at a time.</summary>
    private static HealthState Run(HealthState state, Moment now, List<HealthOutput> outputs)
    {
        var (checks, lastTry) = (state.Checks.ToBuilder(), state.LastTry);
        for (var i = 0; i < checks.Count; i++)
        {
            if (now < checks[i].Wake) continue;
            if (checks[i].TryingSince is not null)
            {
                outputs.Add(new HealthOutput.GiveUp(checks[i].Check.Name));
                checks[i] = Count(checks[i], new ProbeAnswer(false, $"no answer within {checks[i].Check.Timeout.TotalSeconds:0.###} s"), now);
                checks[i] = checks[i] with { Due = Moment.Max(checks[i].Due, now + Rest(checks[i].Check)) };
            }
            if (now < checks[i].Due) continue;
            outputs.Add(new HealthOutput.Try(checks[i].Check, ++lastTry));
            checks[i] = checks[i] with { Try = lastTry, TryingSince = now, Due = now + checks[i].Check.Interval };
        }
        return state with { Checks = checks.ToImmutable(), LastTry = lastTry };
    }

    /// <summary>A try that is given up needs a moment to end: the next one would find it still there.</summary>
    private static TimeSpan Rest(HealthCheckSettings check) => check.Interval < LongestRest ? check.Interval : LongestRest;

    private static CheckState Count(CheckState check, ProbeAnswer answer, Moment now)
    {
        var row = check.LastGood == answer.Good ? check.InARow + 1 : 1;
        var status = answer.Good
            ? row >= check.Check.Rise ? CheckStatus.Up : check.Status
            : row >= check.Check.Fall ? CheckStatus.Down : check.Status;
        return check with
        {
            Status = status,
            Since = status == check.Status ? check.Since : now,
            LastGood = answer.Good,
            InARow = row,
            Reason = answer.Reason,
            LastAt = check.TryingSince,
            LastDuration = now - check.TryingSince!.Value,
            TryingSince = null,
        };
    }

    private static HealthState Change(HealthState state, string name, Func<CheckState, CheckState> change) =>
        state with { Checks = [.. state.Checks.Select(check => check.Check.Name == name ? change(check) : check)] };
}
