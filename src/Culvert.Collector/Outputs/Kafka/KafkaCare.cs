namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// What is remembered from one sink to the next: a broker refuses a batch as a whole, and the library reports that of
/// each message in it. So none is given up for it: all that was under way is sent again one by one, and only what is
/// refused alone is passed over.
/// </summary>
internal sealed class KafkaCare
{
    private ulong _until;

    /// <summary>Records below this position are sent one by one; 0 when none are.</summary>
    public ulong Until
    {
        get => Volatile.Read(ref _until);
        set => Volatile.Write(ref _until, value);
    }
}
