namespace Culvert.Collector.Inputs.Http;

/// <summary>Bounds the memory that the bodies of all requests of one input hold together. Any thread.</summary>
internal sealed class HttpBodyBudget(long bytesMax)
{
    private long _used;

    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= bytesMax) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
