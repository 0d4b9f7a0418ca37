namespace Culvert.Collector.Inputs;

/// <summary>Bytes that all connections of one input have in flight together. Any thread.</summary>
internal sealed class InFlightBudget(long bytesMax = InputLimits.InFlightBytesOfInputMax)
{
    private long _bytes;

    public bool HasRoom(int bytes) => Interlocked.Read(ref _bytes) + bytes <= bytesMax;

    public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Remove(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
