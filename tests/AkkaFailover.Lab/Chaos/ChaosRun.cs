using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Chaos;

/// <summary>Random faults against a pair at rest under clients that write, one after the other; two at once now and then.</summary>
internal sealed class ChaosRun : IDisposable
{
    private const int WritersCount = 2, MostTogether = 2;
    // The exit code of a daemon that asks to be started again, as the unit's Restart= does.
    private const int Restarts = 1;
    private const double ShareOfTwo = 0.2, ShareOnActive = 0.65;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100), Baseline = TimeSpan.FromMilliseconds(300), LongestBetween = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(25);
    private readonly ChaosRig _rig = new();
    private readonly Pace _pace = new();
    private readonly int _seed;
    private readonly IReadOnlyList<ChaosFault> _faults;
    private readonly Auditor _auditor;
    private readonly Ledger _ledger;
    private readonly History[] _histories;
    private Moment? _restSince;

    /// <summary>Builds the lab; nothing is started.</summary>
    /// <param name="seed">Of the faults; the fault of a number is the same in every run of the seed, and each kind comes once before any comes again.</param>
    /// <param name="keys">Of the faults to choose from; empty for all.</param>
    /// <exception cref="LabException">There is no such fault.</exception>
    public ChaosRun(int seed, params IReadOnlyList<string> keys)
    {
        _seed = seed;
        _faults = keys.Count == 0 ? ChaosFaults.All : [.. keys.Select(key => ChaosFaults.All.FirstOrDefault(fault => fault.Key == key)
            ?? throw new LabException($"no fault {key}: there are {string.Join(", ", ChaosFaults.All.Select(fault => fault.Key))}"))];
        _auditor = new Auditor();
        _ledger = new Ledger(_rig.A, _rig.B);
        _histories = [new History(_rig.A), new History(_rig.B)];
    }

    /// <summary>One fault, or two that overlap; the pair is at rest before and after it.</summary>
    /// <returns>What came of it, and its story where something was not as promised.</returns>
    public async Task<(ChaosResult Result, string Story)> Round(int number)
    {
        if (_restSince is null) await Begin();
        var random = Chance(number);
        var observer = _rig.Pair.Observer;
        var before = _rig.Pair.Active.Host.Name;
        var rest = observer.Restart();
        IReadOnlyList<string> beforehand = _restSince is { } since ? [.. Auditor.JudgeRest(rest, since, _pace.Worst)] : [];
        _restSince = null;
        _pace.Reset();
        await using var writers = new Writers(WritersCount, $"chaos/{number}", Pace, _rig.A, _rig.B);
        await Task.Delay(Baseline);

        var began = LabClock.Now;
        var casts = new List<Cast>();
        var (mended, pace, ended, trouble) = await CauseMendAndRest(First(number), random, casts);
        var restAfter = LabClock.Now - mended;
        var acknowledged = await writers.Stop();
        var record = observer.Snapshot();
        var seen = new Evidence(casts, began, mended, pace, record, _pace.Worst, before, string.Join(" and ", observer.Holders),
            trouble is null ? [.. _histories.SelectMany(history => history.ReadNew()).OrderBy(happened => happened.At)] : [],
            [.. beforehand, .. Troubles(casts, ended, restAfter, trouble)]);
        IReadOnlyList<string> violations = [.. _auditor.Judge(seen), .. trouble is null ? await Found(acknowledged) : []];
        var result = new ChaosResult(number, [.. casts.Select(cast => cast.Fault.Key)], string.Join("; then ", casts), casts.Any(cast => cast.Draw.IsActive), seen.Outage.TotalMilliseconds, seen.Judged.TotalMilliseconds,
            seen.Nobody.TotalMilliseconds, seen.HeldByBoth.TotalMilliseconds, seen.PartedAt is not null, seen.Bound.TotalMilliseconds, seen.Margin.TotalMilliseconds, seen.Before, seen.After,
            restAfter.TotalMilliseconds, observer.WorstLateness.TotalMilliseconds, acknowledged.Count(change => change.Replicated), acknowledged.Count(change => !change.Replicated),
            [.. ended.Select(end => $"{end.Node.Host.Name} ended, exit code {end.ExitCode}, and was started again"), .. _rig.TakeInterventions()], violations);
        if (violations.Count > 0) return (result, $"{Story.Tell(seen)}\n{trouble}");
        _restSince = record.To;
        return (result, "");
    }

    /// <summary>What was not as promised before anybody looks at the evidence.</summary>
    private static IEnumerable<string> Troubles(List<Cast> casts, IReadOnlyList<(AkkaNode Node, int ExitCode)> ended, TimeSpan restAfter, string? trouble)
    {
        if (trouble is not null) yield return trouble.Split('\n')[0];
        // A daemon whose link cannot come back asks to be started again; where nothing has touched the link it has no reason to.
        var mayRestart = casts.Exists(cast => !cast.Stays || cast.Fault.Breaks != Paths.None || cast.Fault.Loses.HasFlag(Paths.Link));
        foreach (var (node, exitCode) in ended.Where(end => end.ExitCode != Restarts || !mayRestart)) yield return $"{node.Host.Name}: the daemon ended by itself, exit code {exitCode}";
        if (restAfter > LongestRest) yield return $"at rest after {restAfter.TotalSeconds:0.0} s only";
    }

    /// <summary>Looks for every change again that both nodes have acknowledged.</summary>
    public Task<IReadOnlyList<string>> CheckAll() => _ledger.CheckAll();

    /// <summary>Copies both nodes' logs.</summary>
    public void KeepLogs(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var node in _rig.Nodes)
            foreach (var log in Directory.GetFiles(node.Host.Directory, "*.log")) File.Copy(log, Path.Combine(folder, $"{node.Host.Name}-{Path.GetFileName(log)}"), overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pace.Dispose();
        _rig.Dispose();
    }

    private async Task Begin()
    {
        await _rig.MendEverything();
        _rig.Pair.Clear();
        foreach (var node in _rig.Nodes) node.Start();
        await _rig.Rest();
        _rig.TakeInterventions();
        foreach (var history in _histories) history.ReadNew();
        _auditor.BeginAnew();
    }

    private Random Chance(int number) => new(unchecked((_seed * 1_000_003) + number));

    private ChaosFault First(int number)
    {
        var (round, place) = Math.DivRem(number - 1, _faults.Count);
        ChaosFault[] deck = [.. _faults];
        Chance(-1 - round).Shuffle(deck);
        return deck[place];
    }

    private async Task Cause(ChaosFault first, Random random, List<Cast> casts)
    {
        var count = random.NextDouble() < ShareOfTwo ? Math.Min(MostTogether, _faults.Count) : 1;
        var end = LabClock.Now;
        while (casts.Count < count)
        {
            var fault = casts.Count == 0 ? first : _faults[random.Next(_faults.Count)];
            var draw = Draw(fault, random);
            if (!fault.CanHit(draw.Node, draw.IsActive) || casts.Exists(cast => cast.Fault == fault || (cast.Fault.TakesInterface && fault.TakesInterface))) continue;
            if (casts.Count > 0) await Task.Delay(random.NextDouble() * LongestBetween);
            casts.Add(new Cast(fault, draw, LabClock.Now));
            end = Moment.Max(end, LabClock.Now + draw.Length);
            await fault.Begin(_rig, draw);
        }
        if (end > LabClock.Now) await Task.Delay(end - LabClock.Now);
        // All are mended at the end: what began first lasts longer than chance chose.
        var ended = LabClock.Now;
        for (var i = 0; i < casts.Count; i++) casts[i] = casts[i] with { Draw = casts[i].Draw with { Length = ended - casts[i].Began } };
    }

    private Draw Draw(ChaosFault fault, Random random)
    {
        var onHolder = random.NextDouble() < ShareOnActive;
        var node = _rig.Nodes.First(candidate => _rig.Pair.Observer.Holders.Contains(candidate.Host.Name) == onHolder || _rig.Pair.Observer.Holders.Count != 1);
        var length = fault.Shortest * Math.Pow(fault.Longest / fault.Shortest, random.NextDouble());
        return new Draw(node, _rig.Pair.Observer.Holders.Contains(node.Host.Name), TimeSpan.FromSeconds(length), random.Next(10, 51), random.Next(2) == 0);
    }

    private async Task<(Moment Mended, double Pace, IReadOnlyList<(AkkaNode Node, int ExitCode)> Ended, string? Trouble)> CauseMendAndRest(ChaosFault first, Random random, List<Cast> casts)
    {
        var (mended, pace) = (LabClock.Now, 1.0);
        var ended = new List<(AkkaNode Node, int ExitCode)>();
        try
        {
            await Cause(first, random, casts);
            foreach (var cast in casts.AsEnumerable().Reverse()) await cast.Fault.Mend(_rig, cast.Draw);
            if (Evidence.EndsBoth(casts)) pace = await StartPace.Measure(_rig.A, _rig.B);
            var toStart = casts.SelectMany(cast => cast.In(cast.Fault.Ends)).ToHashSet();
            ended.AddRange(await _rig.Revive([.. _rig.Nodes.Where(node => toStart.Contains(node.Host.Name))]));
            mended = LabClock.Now;
            ended.AddRange(await _rig.Rest());
            return (mended, pace, ended, null);
        }
        catch (LabException trouble)
        {
            return (mended, pace, ended, trouble.Message);
        }
    }

    private async Task<IReadOnlyList<string>> Found(IReadOnlyList<Acknowledgement> acknowledged) =>
        [.. AtRest.Judge(_rig), .. await _ledger.Add([.. acknowledged.Where(change => change.Replicated)]), .. await _ledger.CheckAlone([.. acknowledged.Where(change => !change.Replicated)])];
}
