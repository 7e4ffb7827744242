namespace AkkaFailover.Daemon.Service;

/// <summary>From the service to the address owner: the process group that the guard ends when the daemon is gone; 0 for none.</summary>
public sealed record ServiceGroupChanged(int ProcessGroup);
