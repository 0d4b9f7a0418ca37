namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>How large a batch is: it grows by a quarter with each full one that is answered fast, and halves when the
/// server is slow, pressed, or refuses the size. Any thread.</summary>
internal sealed class BatchSize(int bytesMax)
{
    private readonly Lock _gate = new();
    private int _bytes = Math.Min(BulkLimits.BatchBytesFirst, bytesMax);

    public int Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    public void Answered(int bytes, TimeSpan within)
    {
        lock (_gate)
        {
            if (within > BulkLimits.SlowAnswer) Halve();
            else if (within < BulkLimits.FastAnswer && bytes >= _bytes)
                _bytes = Math.Min(bytesMax, _bytes + _bytes / 4);
        }
    }

    public void Pressed()
    {
        lock (_gate) Halve();
    }

    private void Halve() => _bytes = Math.Max(Math.Min(BulkLimits.BatchBytesMin, bytesMax), _bytes / 2);
}
