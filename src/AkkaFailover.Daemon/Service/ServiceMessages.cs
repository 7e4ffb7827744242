namespace AkkaFailover.Daemon.Service;

/// <summary>From the service to the address owner: what the guard ends when the daemon is gone.</summary>
/// <param name="Process">The service's process, which leads a group of its own unless it has a control group; 0 for none.</param>
/// <param name="ControlGroup">The folder of its control group; empty for a service without one.</param>
public sealed record ServiceGroupChanged(int Process, string ControlGroup = "");
