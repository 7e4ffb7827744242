using AkkaFailover.Daemon;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Hosting;
using AkkaFailover.Daemon.Rehearsal;
using AkkaFailover.Linux.Rehearsal;

SocketCompletions.RunInline();
NetworkBuffers.KeepSmall();
// The launcher's setting is for this process, not for the services it starts.
Environment.SetEnvironmentVariable("DOTNET_GCgen0size", null);
using var platform = new LinuxPlatform();
return await DaemonProgram.RunAsync(args, loaded => DaemonHost.RunAsync(loaded, platform), LinuxPlatform.Release,
    (loaded, group, scratch) => RehearsalProgram.Run(loaded, group, scratch, new RehearsalRoom(), platform.Launcher, platform.Clock));
