using Xunit;

namespace AkkaFailover.Daemon.Tests;

/// <summary>For classes that measure the memory of the whole process: they run after all others, with nothing beside.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
