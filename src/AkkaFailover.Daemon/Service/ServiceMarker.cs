using Akka.Event;

namespace AkkaFailover.Daemon.Service;

/// <summary>
/// A file that exists while a service may run, so that a daemon that was killed stops it at its next start. It holds the
/// identity of the service's process, empty for a service that commands started. A disk that fails costs only this.
/// </summary>
internal sealed class ServiceMarker(string path, ILoggingAdapter log)
{
    /// <summary>The content; null where there is none.</summary>
    public string? Read() => Try(() => File.Exists(path) ? File.ReadAllText(path) : null);

    /// <summary>Sets it.</summary>
    public void Set(string identity) => Try(() =>
    {
        File.WriteAllText(path, identity);
        return identity;
    });

    /// <summary>Removes it.</summary>
    public void Clear() => Try(() =>
    {
        File.Delete(path);
        return "";
    });

    private string? Try(Func<string?> access)
    {
        try
        {
            return access();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("{0}: {1} If the daemon is killed now, its next start will not know that the service may still run.", path, e.Message);
            return null;
        }
    }
}
