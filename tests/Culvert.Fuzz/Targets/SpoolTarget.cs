using System.Buffers.Binary;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Fuzz.Targets;

/// <summary>
/// The last segment of a spool, as a crash or a damaged disk may leave it: opening it never fails, positions are dense,
/// and what is opened a second time is the same. An input whose first byte is odd has its checksums made right, so that
/// what lies behind them is reached.
/// </summary>
internal sealed class SpoolTarget : IFuzzTarget
{
    private const uint Salt = 0x1234_5678;
    private static readonly string Name0 = SegmentLayout.Name(1, 0);

    public string Name => "spool";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var segment = new List<byte>(new byte[SegmentLayout.HeaderBytes]);
            var head = new byte[SegmentLayout.HeaderBytes];
            new SegmentHeader(Salt, 1, 0, 1).Write(head);
            segment.Clear();
            segment.AddRange(head);
            for (var i = 0; i < 3; i++) segment.AddRange(Entry((ulong)i * 3));
            return [[0, .. segment], [1, .. segment]];
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var segment = input[1..].ToArray();
        if (input[0] % 2 == 1) Seal(segment);
        var files = new MemoryFiles();
        files.Put(Name0, segment);
        var first = Open(files);
        var second = Open(files);
        // Checksums that were made right may cover positions such as no collector writes, of which less is kept.
        if (input[0] % 2 == 0) Must.Equal(first, second);
    }

    private static (ulong First, ulong Next, ulong Records) Open(MemoryFiles files)
    {
        var ledger = new Ledger();
        var spool = new SpoolRecovery(files, ledger, NullLogger.Instance).Run();
        Must.Hold(spool.FirstPosition <= spool.NextPosition);
        spool.Checkpoint.Dispose();
        spool.Tail?.Dispose();
        using var scanner = new SegmentScanner(spool.Salt);
        scanner.Open(files.OpenRead(Name0), SegmentLayout.HeaderBytes);
        var (expected, records) = (spool.FirstPosition, 0UL);
        var end = spool.Segments[0].DataEnd;
        while (scanner.TryNext(expected, spool.NextPosition, end, out var header, out var payload))
        {
            Must.Equal(header.OriginBytes + header.RecordsBytes, payload.Length);
            expected = header.NextPosition;
            records += (ulong)header.RecordCount;
        }

        return (spool.FirstPosition, spool.NextPosition, records);
    }

    private static byte[] Entry(ulong position)
    {
        var header = new EntryHeader
        {
            OriginBytes = Samples.Origin.Length, RecordsBytes = Samples.Batch.Length, RecordCount = 3,
            Position = position, GroupPosition = position, Producer = new ProducerId(42, 1),
            FirstSequence = position * 2 + 1, LastSequence = position * 2 + 5, ObservedNs = 1,
            PayloadCrc = EntryHeader.PayloadChecksum(Samples.Origin, Samples.Batch, Salt),
        };
        var entry = new byte[header.EntryBytes];
        header.Write(entry, Salt);
        Samples.Origin.CopyTo(entry, EntryLayout.HeaderBytes);
        Samples.Batch.CopyTo(entry, EntryLayout.HeaderBytes + header.OriginBytes);
        return entry;
    }

    /// <summary>The intake lets nothing else into a spool, so that a right checksum means that it can be
    /// read.</summary>
    private static bool IsTaken(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> records)
    {
        var position = 0;
        return AttributeList.TryRead(origin, ref position, out var list) && position == origin.Length && list.IsValid()
            && RecordBatchReader.Validate(records, out _, out _, out _);
    }

    private static void Seal(byte[] segment)
    {
        if (segment.Length < SegmentLayout.HeaderBytes) return;
        new SegmentHeader(Salt, 1, 0, 1).Write(segment);
        var last = segment.Length - EntryLayout.HeaderBytes;
        for (var at = SegmentLayout.HeaderBytes; at <= last; at += EntryLayout.Alignment)
        {
            var entry = segment.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != EntryLayout.Magic) continue;
            var origin = BinaryPrimitives.ReadInt32LittleEndian(entry[EntryLayout.OriginBytesOffset..]);
            var records = BinaryPrimitives.ReadInt32LittleEndian(entry[EntryLayout.RecordsBytesOffset..]);
            var payload = entry[EntryLayout.HeaderBytes..];
            if (origin >= 0 && records >= 0 && (long)origin + records <= payload.Length
                && IsTaken(payload[..origin], payload.Slice(origin, records)))
            {
                var checksum = EntryHeader.PayloadChecksum(payload[..origin], payload.Slice(origin, records), Salt);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[EntryLayout.PayloadCrcOffset..], checksum);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(
                entry[EntryLayout.HeaderCrcOffset..],
                Crc32C.Compute(entry[EntryLayout.PayloadCrcOffset..EntryLayout.HeaderBytes], Salt));
        }
    }
}
