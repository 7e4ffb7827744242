using AkkaFailover.Daemon;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Hosting;

SocketCompletions.RunInline();
using var platform = new LinuxPlatform();
return await DaemonProgram.RunAsync(args, loaded => DaemonHost.RunAsync(loaded, platform), LinuxPlatform.Release);
