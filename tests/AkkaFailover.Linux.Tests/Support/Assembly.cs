using Xunit;

// Real time and real processes: a test beside another measures the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
