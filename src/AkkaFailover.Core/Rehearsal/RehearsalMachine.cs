using AkkaFailover.Core.Election;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Rehearsal;

/// <summary>Whether a failover is rehearsed, and what is done next: a pure function of what happened.</summary>
public sealed class RehearsalMachine
{
    /// <summary>How long the namespaces may take to be made, and to be taken away.</summary>
    public static readonly TimeSpan NamespaceTime = TimeSpan.FromSeconds(20);

    /// <summary>How long the configuration may take to be written: at most 16 paths and 16 databases.</summary>
    public static readonly TimeSpan WriteTime = TimeSpan.FromMinutes(2);

    /// <summary>What runs in the namespaces keeps the service's times itself; this much later it is ended.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ServiceSettings _service;
    private readonly Moment _now;
    private readonly List<RehearsalOutput> _outputs = [];
    private RehearsalModel _model;

    private RehearsalMachine(RehearsalModel model, Moment now, ServiceSettings service) => (_model, _now, _service) = (model, now, service);

    /// <summary>One step.</summary>
    /// <returns>The new model, and what to do in this order.</returns>
    public static (RehearsalModel Model, IReadOnlyList<RehearsalOutput> Outputs) Step(RehearsalModel model, RehearsalInput input, Moment now, ServiceSettings service)
    {
        var step = new RehearsalMachine(model, now, service);
        switch (input)
        {
            case RehearsalInput.RoleIs role: step.RoleIs(role.Role); break;
            case RehearsalInput.Requested requested: step.Requested(requested); break;
            case RehearsalInput.Written written: step.Written(written); break;
            case RehearsalInput.NotWritten not: step.NotWritten(not.Reason); break;
            case RehearsalInput.PhaseEnded ended: step.PhaseEnded(ended); break;
            case RehearsalInput.ProgramEnded ended: step.ProgramEnded(ended); break;
            case RehearsalInput.Removed removed: step.Removed(removed.Problem); break;
            case RehearsalInput.Tick: step.Tick(); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, null);
        }
        return (step._model, step._outputs);
    }

    /// <summary>How long a phase may take before it is ended by force.</summary>
    public static TimeSpan LongestOf(RehearsalPhase phase, ServiceSettings service) => phase switch
    {
        RehearsalPhase.Configuration => WriteTime,
        RehearsalPhase.Namespace or RehearsalPhase.TearDown => NamespaceTime,
        RehearsalPhase.Service or RehearsalPhase.Checks => service.StartTimeout + Grace,
        RehearsalPhase.Stop => service.StopTimeout + ServiceMachine.ForcedGrace + Grace,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    private void RoleIs(Role role)
    {
        _model = _model with { Role = role };
        // Whoever serves has shown what a rehearsal could only promise.
        if (role == Role.Active) _outputs.Add(new RehearsalOutput.Alarm(null));
        if (_model.Phase is null or RehearsalPhase.TearDown || role == Role.Standby || _model.GivenUp.Length > 0) return;
        _model = _model with { GivenUp = $"this node became {role.Word()}" };
        End();
    }

    private void Requested(RehearsalInput.Requested requested)
    {
        if (WhyNot(requested) is { } reason)
        {
            _outputs.Add(new RehearsalOutput.Answer(false, reason));
            return;
        }
        _outputs.Add(new RehearsalOutput.Answer(true, "the rehearsal begins"));
        _model = RehearsalModel.Initial with { Role = _model.Role, By = requested.By };
        Begin(RehearsalPhase.Configuration);
        _outputs.Add(new RehearsalOutput.Write());
    }

    private string? WhyNot(RehearsalInput.Requested requested) => _model switch
    {
        { Phase: { } phase } => $"a rehearsal that {_model.By} asked for is in its phase {phase.Word()}: wait for its end",
        { Role: Role.Active } => "this node is active and has its users: a rehearsal is for the standby, which proves there that it could take over; run it on the other node",
        { Role: Role.Replaying or Role.Claiming } => "a claim is under way on this node: that is no rehearsal any more",
        { Role: not Role.Standby } => $"this node is {_model.Role.Word()}, and only a standby can rehearse: see 'failoverctl group explain'",
        _ when !requested.Eligible => $"this node would not claim now, whatever a rehearsal said: {requested.WhyNot}",
        _ when !requested.InSync => "this node does not have every change yet, so it would not be what is rehearsed that takes over: wait until 'failoverctl status' says in sync",
        _ when _service.Type == "systemd" =>
            "systemd starts the unit of service.type = systemd outside the rehearsal, where it would meet the network and the users: "
            + "rehearse with type = process and the unit's ExecStart as command, or start the unit while the other node is paused",
        _ when requested.Missing.Length > 0 => requested.Missing,
        _ => null,
    };

    private void Written(RehearsalInput.Written written)
    {
        _model = _model with { Version = written.Version };
        if (IsEnding)
        {
            Ended(ok: false, EndReason());
            Clear();
            return;
        }
        Ended(ok: true, written.Text);
        _model = _model with { ProgramRuns = true };
        Begin(RehearsalPhase.Namespace);
        _outputs.Add(new RehearsalOutput.Launch());
    }

    private void NotWritten(string reason)
    {
        Ended(ok: false, IsEnding ? EndReason() : reason);
        Clear();
    }

    /// <summary>A phase of a service that did not start may be left out.</summary>
    private void PhaseEnded(RehearsalInput.PhaseEnded ended)
    {
        if (!_model.ProgramRuns || IsEnding || ended.Phase < _model.Phase || ended.Phase is RehearsalPhase.Configuration or RehearsalPhase.TearDown) return;
        _model = _model with { Phase = ended.Phase };
        Ended(ended.Ok, ended.Text);
        Begin(ended.Phase + 1);
    }

    private void ProgramEnded(RehearsalInput.ProgramEnded ended)
    {
        _model = _model with { ProgramRuns = false };
        // What it says last explains a phase; without a failure before, this is one.
        if (_model.Phase < RehearsalPhase.TearDown && (IsEnding || _model.Phases.All(phase => phase.Ok)))
            Ended(ok: false, IsEnding ? EndReason() : Describe(ended));
        Clear();
    }

    private void Clear()
    {
        if (_model.Phase != RehearsalPhase.TearDown) Begin(RehearsalPhase.TearDown);
        _outputs.Add(new RehearsalOutput.Remove());
    }

    private void Removed(string problem)
    {
        var late = IsEnding ? EndReason() : "";
        Ended(problem.Length + late.Length == 0, problem.Length > 0 ? problem : late);
        var failed = _model.Phases.FirstOrDefault(phase => !phase.Ok);
        var outcome = _model.GivenUp.Length > 0 ? RehearsalOutcome.GivenUp : failed is null ? RehearsalOutcome.Passed : RehearsalOutcome.Failed;
        var why = outcome == RehearsalOutcome.GivenUp ? _model.GivenUp : failed is null ? "" : $"{failed.Phase.Word()}: {failed.Text}";
        _outputs.Add(new RehearsalOutput.Conclude(new RehearsalReport(_model.By, _model.Version, outcome, why, _model.Phases)));
        if (outcome == RehearsalOutcome.Passed) _outputs.Add(new RehearsalOutput.Alarm(null));
        else if (outcome == RehearsalOutcome.Failed && _model.Role != Role.Active) _outputs.Add(new RehearsalOutput.Alarm($"a failover to this node would not work as it is: {why}"));
        _model = RehearsalModel.Initial with { Role = _model.Role };
    }

    private void Tick()
    {
        if (_model.Phase is not null && _now >= _model.Due) End();
    }

    private void End()
    {
        _model = _model with { Due = Moment.Never };
        _outputs.Add(new RehearsalOutput.Stop());
    }

    private bool IsEnding => _model.Due == Moment.Never;

    private string EndReason() => _model.GivenUp.Length > 0 ? _model.GivenUp : $"it did not end within {LongestOf(_model.Phase!.Value, _service).TotalSeconds:0.#} s and was ended";

    private void Begin(RehearsalPhase phase) => _model = _model with { Phase = phase, PhaseBegan = _now, Due = _now + LongestOf(phase, _service) };

    private void Ended(bool ok, string text)
    {
        var result = new PhaseResult(_model.Phase!.Value, _now - _model.PhaseBegan, ok, text);
        _model = _model with { Phases = _model.Phases.Add(result) };
        _outputs.Add(new RehearsalOutput.Show(result));
    }

    private static string Describe(RehearsalInput.ProgramEnded ended) =>
        $"the rehearsal's own process {(ended.ExitCode > 128 ? $"was ended by signal {ended.ExitCode - 128}" : $"exited with {ended.ExitCode}")}"
        + (ended.LastWords.Length > 0 ? $": {ended.LastWords}" : " without a word");
}
