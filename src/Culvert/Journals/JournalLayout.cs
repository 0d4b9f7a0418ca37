namespace Culvert.Journals;

/// <summary>
/// The file of a program's journal: a header and a ring of frames. Many threads of the program write it through a
/// mapping, one collector reads it with pread. Little-endian; every field is written by one side alone.
/// <code>
/// header     0 magic u32 | 4 version u32 | 8 capacity u64       by the program, before the file has its name
///           16 producer 16 bytes | 32 epoch u64
///           40 process u32 | 44 resourceBytes u32
///          128 tail u64                                         by the program's threads, compare-and-swap
///          256 dropped u64 x 6, by level                        by the program's threads
///          384 consumed u64 | 392 sequence u64 | 400 records u64    by the collector: durable up to here
///          512 free u64                                         by the collector: zeroed up to here
///          640 free u64, once more                              by the collector, after the first
///          768 shapesBytes u64                                  by the program's threads, behind the shapes
///         4096 resource, an attribute list of RecordLayout      by the program, before the file has its name
/// shapes 65536 shapesBytes bytes: see JournalShape              by the program's threads, one at a time
/// data  262144 capacity bytes, a power of two; position p lies at p mod capacity
/// tail       closed 1 bit | sequence 35 bits | position / 8, 28 bits
/// frame      0 length i32 | 4 shape u32 | 8 sequence u64 | 16 content | zeros to a multiple of 8
/// </code>
/// length is 0 where nothing was begun, minus the content's length while a thread fills the frame, and the length
/// itself when the frame counts. Of shape 0 the content is a record of RecordLayout from its severity on; of shape n it
/// is what a call has of its own beside the n-th shape, the first being 1. Positions and sequences
/// never go back; the words above hold their low bits, which is enough, since who reads them knows the rest.
/// <para>The fields that change stand two cache lines apart, since processors fetch lines in pairs.</para>
/// </summary>
/// <remarks>A negative length for what is claimed and not committed is an idea of Aeron's log buffers
/// (docs/journal.md).</remarks>
internal static class JournalLayout
{
    /// <summary>"CVJ1" as text.</summary>
    public const uint Magic = 0x31_4A_56_43;

    public const uint Version = 2;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(uint);
    public const int CapacityOffset = VersionOffset + sizeof(uint);
    public const int ProducerOffset = CapacityOffset + sizeof(ulong);
    public const int ProducerBytes = 16;
    public const int EpochOffset = ProducerOffset + ProducerBytes;
    public const int ProcessOffset = EpochOffset + sizeof(ulong);
    public const int ResourceBytesOffset = ProcessOffset + sizeof(uint);

    /// <summary>Two cache lines.</summary>
    public const int LineBytes = 128;

    public const int TailOffset = LineBytes;
    public const int DroppedOffset = TailOffset + LineBytes;
    public const int ConsumedOffset = DroppedOffset + LineBytes;
    public const int ConsumedSequenceOffset = ConsumedOffset + sizeof(ulong);
    public const int ConsumedRecordsOffset = ConsumedSequenceOffset + sizeof(ulong);
    public const int FreeOffset = ConsumedOffset + LineBytes;
    public const int FreeAgainOffset = FreeOffset + LineBytes;
    public const int ShapesBytesOffset = FreeAgainOffset + LineBytes;
    public const int FieldsEnd = ShapesBytesOffset + sizeof(ulong);
    public const int ResourceOffset = 4096;
    public const int ResourceBytesMax = ShapesOffset - ResourceOffset;
    public const int ShapesOffset = 64 * 1024;
    public const int ShapesBytesMax = DataOffset - ShapesOffset;
    public const int DataOffset = 256 * 1024;

    public const int FrameHeaderBytes = 16;
    public const int FrameShapeOffset = 4;
    public const int FrameSequenceOffset = 8;
    public const int FrameAlignment = 8;

    public const int PositionBits = 28;
    public const int SequenceBits = 35;
    public const ulong Closed = 1UL << 63;
    private const ulong PositionMask = (1UL << PositionBits) - 1;
    private const ulong SequenceMask = (1UL << SequenceBits) - 1;

    public static long FileBytes(int capacity) => DataOffset + (long)capacity;

    /// <summary>What a writer maps: the file, and the ring once more.</summary>
    public static nuint MappedBytes(int capacity) => (nuint)(FileBytes(capacity) + capacity);

    /// <summary>What a frame takes of the ring.</summary>
    public static int FrameBytes(int contentBytes) =>
        (FrameHeaderBytes + contentBytes + FrameAlignment - 1) & ~(FrameAlignment - 1);

    public static ulong Tail(ulong position, ulong sequence) =>
        (sequence & SequenceMask) << PositionBits | position / FrameAlignment & PositionMask;

    /// <summary>The position in a tail, of which one is known that lies not above it, and less than 2 GiB
    /// below.</summary>
    public static ulong PositionOf(ulong tail, ulong known) =>
        known + ((tail - known / FrameAlignment & PositionMask) * FrameAlignment);

    /// <summary>The sequence in a tail, of which one is known that is not higher.</summary>
    public static ulong SequenceOf(ulong tail, ulong known) =>
        known + ((tail >> PositionBits) - known & SequenceMask);
}
