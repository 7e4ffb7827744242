using AkkaFailover.Cli.Client;

return await FailoverCtl.RunAsync(args, Terminal.OfProcess());
