namespace Culvert.Shipping;

/// <summary>
/// The native protocol by which a program hands records to a collector over any connection. The client first sends
/// <see cref="Preface"/>, then frames (see <see cref="Framing.FrameLayout"/>) go both ways. Numbers are little-endian.
/// <code>
///  client                                        collector
///  preface C1 43 4C 4F 47 01 00 00
///  Hello    producer[16] epoch u64            →
///                                             ← Welcome  sequence u64, batchBytesMax u32
///  Batch    firstSequence u64, batch          →
///  Report   produced u64, dropped u64 x 6     →
///                                             ← Ack      sequence u64
///  Goodbye  as Report                         →
///                                             ← Ack, then the collector closes
///                                             ← Error    message (UTF-8), then the collector closes
/// </code>
/// A producer is 16 random bytes; an epoch is one start of it. Sequences begin at 1 and grow; a sequence that is
/// never sent (a record dropped by the program) is a gap, which the next record or a Report makes known. Welcome says
/// the highest sequence that is durable, or 0: the client sends again, in order, what is above it. Ack is cumulative
/// and comes after the fsync. A batch is as in <see cref="Records.RecordLayout"/> and carries its own resources, so
/// that it can be kept as it is.
/// <para>A collector that hands on the records of others begins with a RelayHello. One connection then carries many
/// producers, each announced once; numbers are the relay's own and ascend, and an Ack names one of them.</para>
/// <code>
///  relay                                         collector
///  preface C1 43 4C 4F 47 01 00 00
///  RelayHello    version u8, collector[16], member u64, name (UTF-8)    →
///                          ← RelayWelcome  version u8, collector[16], batchBytesMax u32, producersMax u32
///  RelayProducer slot u32, producer[16], epoch u64, origin              →
///  RelayBatch    slot u32, number u64, firstSequence u64, batch         →
///  RelayReport   producer[16], epoch u64, produced u64, dropped u64 x 6 →
///                          ← Ack           number u64
///                          ← Error         message (UTF-8), then the collector closes
/// </code>
/// </summary>
public static class LogProtocol
{
    /// <summary>Length of the preface in bytes.</summary>
    public const int PrefaceBytes = 8;

    /// <summary>Largest frame, in bytes.</summary>
    public const int FrameBytesMax = Records.RecordLimits.BatchBytesMax + 64;

    /// <summary>Levels in a Report: trace, debug, info, warn, error, fatal.</summary>
    public const int LevelCount = 6;

    /// <summary>The level from which on records may use the last quarter of a client's buffer: warn.</summary>
    internal const int LevelWarn = 3;

    /// <summary>The place of a severity in a Report. What has none is counted as info.</summary>
    public static int LevelOf(Records.Severity severity) =>
        severity is Records.Severity.Unspecified ? 2 : Math.Min((byte)(severity - 1) / 4, LevelCount - 1);

    /// <summary>What a client sends first. 0xC1 occurs in no UTF-8 text, so a line of text is never taken for
    /// it.</summary>
    public static ReadOnlySpan<byte> Preface => [0xC1, (byte)'C', (byte)'L', (byte)'O', (byte)'G', 1, 0, 0];
}
