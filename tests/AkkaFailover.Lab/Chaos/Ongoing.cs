namespace AkkaFailover.Lab.Chaos;

/// <summary>Something that goes on until it is ended.</summary>
internal sealed class Ongoing : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <summary>Begins it.</summary>
    /// <param name="run">Ends with <see cref="OperationCanceledException"/> when it is told to.</param>
    public Ongoing(Func<CancellationToken, Task> run) => _run = run(_stop.Token);

    /// <summary>Ends it, and waits for its end.</summary>
    public async Task End()
    {
        await _stop.CancelAsync();
        try
        {
            await _run;
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }
        _stop.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Cancel();
}
