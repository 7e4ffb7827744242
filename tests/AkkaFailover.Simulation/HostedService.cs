using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>A supervised process on a host: the real <see cref="ServiceMachine"/>, with processes that live as long as the story says.</summary>
public sealed class HostedService(World world, Host host, ProcessService settings)
{
    /// <summary>A process that serves while it runs.</summary>
    public static readonly ProcessService Plain = new(["run"], 3, TimeSpan.FromSeconds(1));

    /// <summary>One that serves when its checks are up.</summary>
    public static readonly ProcessService Checked = Plain with { Checks = [new TcpCheck("port", new HostPort("127.0.0.1", 1194))] };

    private ServiceModel _model = ServiceModel.InitialFor(settings);
    private int _child;
    private Moment _wakeAt = Moment.Never;

    /// <summary>How long each process lives from its launch; null for ever.</summary>
    public Func<TimeSpan?> Lives { get; set; } = () => null;

    /// <summary>How long after its launch the checks of a process are up; null for never.</summary>
    public Func<TimeSpan?> Rises { get; set; } = () => TimeSpan.FromMilliseconds(50);

    /// <summary>How often a process has been launched.</summary>
    public int Launches { get; private set; }

    /// <summary>As the machine sees it.</summary>
    public ServiceState State => _model.State;

    /// <summary>Its processes live for ever again, and are up at once.</summary>
    public void Recover() => (Lives, Rises) = (() => null, () => TimeSpan.FromMilliseconds(50));

    /// <summary>Its process ends at once.</summary>
    public void Crash() => End(TimeSpan.Zero, 1);

    public void Take(ServiceInput input)
    {
        var before = _model.State;
        (_model, var outputs) = ServiceMachine.Step(_model, input, world.Now, settings);
        foreach (var output in outputs) Run(output);
        if (_model.State != before) world.Tell($"service {before} -> {_model.State}: {_model.Detail}");
        Wake();
    }

    /// <summary>The host is gone, and the process with it.</summary>
    public void Die() => (_model, _child, _wakeAt) = (ServiceModel.InitialFor(settings), _child + 1, Moment.Never);

    private void Run(ServiceOutput output)
    {
        switch (output)
        {
            case ServiceOutput.Launch: Launch(); break;
            // Some do not end in their time: the address does not wait for them.
            case ServiceOutput.Terminate: End(world.Chance(0.1) ? world.Between(40, 8_000) : world.Between(1, 40), 143); break;
            case ServiceOutput.Kill: End(world.Between(1, 40), 137); break;
            case ServiceOutput.Announce announce: host.Take(new ServiceChanged(announce.State, announce.Detail) { Unfit = announce.Unfit, RetryAt = announce.RetryAt }); break;
            default: throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private void Launch()
    {
        Launches++;
        var child = ++_child;
        if (Lives() is { } lives) End(lives, 1);
        if (Rises() is { } rises) world.After(rises + ServiceMachine.SettleTime, () => Current(child, () => Take(new ServiceInput.Checked(HealthVerdict.Good))));
    }

    private void End(TimeSpan after, int exitCode)
    {
        var child = _child;
        world.After(after, () => Current(child, () =>
        {
            if (_model.Child is null) return; // it has ended already
            Take(new ServiceInput.ChildEnded(exitCode, "port taken"));
        }));
    }

    private void Current(int child, Action action)
    {
        if (child != _child) return;
        if (host.Hangs) host.Defer(() => Current(child, action));
        else action();
    }

    private void Wake()
    {
        var wake = _model.Wake;
        if (wake == _wakeAt || wake == Moment.Never) return;
        _wakeAt = wake;
        world.After(wake - world.Now + world.Between(0, 1.5), () =>
        {
            if (_wakeAt == wake) _wakeAt = Moment.Never;
            Current(_child, () => Take(new ServiceInput.Tick()));
        });
    }
}
