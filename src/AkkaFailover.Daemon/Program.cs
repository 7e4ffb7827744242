using AkkaFailover.Daemon.Hosting;

return await DaemonProgram.RunAsync(args, DaemonHost.RunAsync, _ => ExitCode.Done);
