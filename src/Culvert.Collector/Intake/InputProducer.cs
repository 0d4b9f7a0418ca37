namespace Culvert.Collector.Intake;

/// <summary>Numbers the records of one input (or one connection of it) that come without an identity.</summary>
/// <remarks>One caller at a time: take the numbers and hand the batch over under the same lock.</remarks>
internal sealed class InputProducer(UInt128 producer, ulong epoch)
{
    private ulong _next = 1;

    public ProducerId Id { get; } = new(producer, epoch);

    /// <summary>The sequence of the first of the next <paramref name="count"/> records.</summary>
    public ulong Take(int count)
    {
        var first = _next;
        _next += (ulong)count;
        return first;
    }
}
