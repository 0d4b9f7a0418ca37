namespace Culvert.Collector.Web.Api;

/// <summary>Runs the store's synchronous work on other threads, a few at a time; the rest wait for their
/// turn.</summary>
internal sealed class SearchSlots : IDisposable
{
    private readonly SemaphoreSlim _slots = new(HttpLimits.SearchCountMax);

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}
