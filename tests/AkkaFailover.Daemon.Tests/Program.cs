using AkkaFailover.Daemon.Tests.Cluster;

// The test runner loads this assembly and does not call this; tests that need a node in a process of its own do.
return LinkPeer.Run(args);
