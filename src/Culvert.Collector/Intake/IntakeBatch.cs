namespace Culvert.Collector.Intake;

/// <summary>A batch on its way to the spool.</summary>
internal readonly ref struct IntakeBatch
{
    /// <summary>The input's name in the configuration, under which the ledger counts.</summary>
    public required string Input { get; init; }

    /// <summary>Who numbers the records. An input whose records come without an identity uses a <see
    /// cref="InputProducer"/>.</summary>
    public required ProducerId Producer { get; init; }

    /// <summary>The sequence of the first record, its gap not counted.</summary>
    public required ulong FirstSequence { get; init; }

    /// <summary>When the collector received it, ns since 1970 UTC.</summary>
    public required long ObservedNs { get; init; }

    /// <summary>What the collector itself knows of the sender (an encoded attribute list): <c>input</c>, and from the
    /// kernel <c>peer.pid</c>, <c>peer.uid</c>, <c>peer.user</c>, <c>peer.exe</c>, <c>peer.address</c>.</summary>
    public required ReadOnlySpan<byte> Origin { get; init; }

    /// <summary>The batch, as in RecordLayout. It is validated here, once, for every input.</summary>
    public required ReadOnlySpan<byte> Records { get; init; }
}
