using AkkaFailover.Daemon;
using AkkaFailover.Daemon.Hosting;

using var platform = new LinuxPlatform();
return await DaemonProgram.RunAsync(args, loaded => DaemonHost.RunAsync(loaded, platform), LinuxPlatform.Release);
