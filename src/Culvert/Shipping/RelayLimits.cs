namespace Culvert.Shipping;

/// <summary>Every limit of a relay's frames and of both its sides, in one place.</summary>
internal static class RelayLimits
{
    /// <summary>The newest version of the relay's frames that is spoken here.</summary>
    public const byte Version = 1;

    /// <summary>Longest name of a relaying collector, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Largest origin that is told of a producer, in bytes. What the receiver adds must fit beside it into an
    /// entry of its spool.</summary>
    public const int OriginBytesMax = 48 * 1024;

    /// <summary>Slots of one connection: so many producers are known at a time, and a further one takes the place of
    /// another.</summary>
    public const int ProducersMax = 1_024;

    /// <summary>Bytes of all origins that one connection may have known at a time.</summary>
    public const int OriginsBytesMax = 4 * 1024 * 1024;

    /// <summary>Collectors that a record may have come through. More is a circle that nobody's id gives
    /// away.</summary>
    public const int HopsMax = 8;

    /// <summary>Batches on their way without acknowledgement; small ones, as lines make them, are many for each
    /// fsync of the other side.</summary>
    public const int WindowBatches = 4_096;

    /// <summary>Bytes on their way without acknowledgement. At 10 ms for an fsync it lets 800 MB a second
    /// through.</summary>
    public const int WindowBytes = 8 * 1024 * 1024;

    /// <summary>So many bytes are written before they are sent on.</summary>
    public const int FlushBytes = 256 * 1024;

    /// <summary>Producers whose reports are kept to be told again after a reconnect; those relayed last.</summary>
    public const int ReportsMax = 4_096;
}
