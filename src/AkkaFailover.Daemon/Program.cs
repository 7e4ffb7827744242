using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Hosting;
using AkkaFailover.Linux.Guard;

return await DaemonProgram.RunAsync(args, DaemonHost.RunAsync, Release);

// Only for a daemon that no longer runs: systemd calls it behind every stop, however that came about.
static int Release(FailoverSettings settings)
{
    var code = ExitCode.Done;
    foreach (var group in settings.Groups)
    {
        try
        {
            var found = GuardCleanup.Run(GuardOptions.For(settings.StateDir, group.Name, group.Interface, group.VirtualAddresses));
            foreach (var address in found.RemovedAddresses) Console.Error.WriteLine($"{group.Name}: removed {address} from {address.Interface}");
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{group.Name}: {e.Message}");
            code = ExitCode.Failed;
        }
    }
    return code;
}
