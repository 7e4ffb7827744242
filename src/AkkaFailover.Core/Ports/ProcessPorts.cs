namespace AkkaFailover.Core.Ports;

/// <summary>Starts programs, each in a session and process group of its own.</summary>
public interface IProcessLauncher
{
    /// <summary>Starts a program; takes milliseconds and throws nothing.</summary>
    /// <param name="command">Program and arguments; no shell.</param>
    /// <param name="environment">Added to the daemon's own environment.</param>
    /// <param name="line">Takes one line of its output, cut to a bounded length; any thread.</param>
    /// <param name="ended">
    /// Takes its exit code once: 128 and the number of the signal that ended it, 127 where it could not be started. Any thread.
    /// </param>
    IChildProcess Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, Action<string> line, Action<int> ended);

    /// <summary>Ends what a child of an earlier run has left, if it is still the same process.</summary>
    /// <param name="identity">Its <see cref="IChildProcess.Identity"/>.</param>
    void KillLeftover(string identity);
}

/// <summary>A started program.</summary>
public interface IChildProcess
{
    /// <summary>Its process id and process group; 0 where it could not be started.</summary>
    int ProcessGroup { get; }

    /// <summary>What distinguishes it from any later process with the same id; empty where it has ended already.</summary>
    string Identity { get; }

    /// <summary>Asks its process group to end (SIGTERM).</summary>
    void Terminate();

    /// <summary>Ends its process group (SIGKILL), also what is left of it after its own end.</summary>
    void Kill();
}
