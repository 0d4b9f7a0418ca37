using System.Buffers.Binary;

namespace Culvert.Transports.CopyData;

/// <summary>One message as it came, checked in itself; see <see cref="CopyDataLayout"/>. Points into the sender's
/// bytes, which are gone when the window's procedure returns.</summary>
internal readonly ref struct CopyDataMessage
{
    private CopyDataMessage(CopyDataKind kind, UInt128 key, ulong sequence, ReadOnlySpan<byte> body)
    {
        Kind = kind;
        Key = key;
        Sequence = sequence;
        Body = body;
    }

    public CopyDataKind Kind { get; }

    public UInt128 Key { get; }

    public ulong Sequence { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Bulk: how many bytes stand in the section.</summary>
    public uint BulkLength => BinaryPrimitives.ReadUInt32LittleEndian(Body);

    /// <summary>Section: its handle in the sender's process.</summary>
    public ulong SectionHandle => BinaryPrimitives.ReadUInt64LittleEndian(Body);

    /// <summary>Section: its bytes.</summary>
    public uint SectionBytes => BinaryPrimitives.ReadUInt32LittleEndian(Body[sizeof(ulong)..]);

    /// <summary>Challenge: the key of the sender's end.</summary>
    public UInt128 SenderKey => BinaryPrimitives.ReadUInt128LittleEndian(Body);

    /// <summary>Reads a message; false when it is none, whatever the bytes are.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out CopyDataMessage message)
    {
        message = default;
        if (bytes.Length is < CopyDataLayout.BodyOffset or > CopyDataLayout.MessageBytesMax) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != CopyDataLayout.Magic) return false;
        if (bytes[CopyDataLayout.VersionOffset] != CopyDataLayout.Version) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[CopyDataLayout.ZeroOffset..]) != 0) return false;
        message = new CopyDataMessage(
            (CopyDataKind)bytes[CopyDataLayout.KindOffset],
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[CopyDataLayout.KeyOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[CopyDataLayout.SequenceOffset..]),
            bytes[CopyDataLayout.BodyOffset..]);
        return message.IsWhole();
    }

    /// <summary>Writes what stands before the body.</summary>
    public static void WriteHeader(Span<byte> bytes, CopyDataKind kind, UInt128 key, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, CopyDataLayout.Magic);
        bytes[CopyDataLayout.VersionOffset] = CopyDataLayout.Version;
        bytes[CopyDataLayout.KindOffset] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CopyDataLayout.ZeroOffset..], 0);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[CopyDataLayout.KeyOffset..], key);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[CopyDataLayout.SequenceOffset..], sequence);
    }

    /// <summary>A message without a body.</summary>
    public static byte[] Make(CopyDataKind kind, UInt128 key, ulong sequence)
    {
        var bytes = new byte[CopyDataLayout.BodyOffset];
        WriteHeader(bytes, kind, key, sequence);
        return bytes;
    }

    public static byte[] MakeChallenge(UInt128 key, ulong number, UInt128 senderKey)
    {
        var bytes = new byte[CopyDataLayout.BodyOffset + CopyDataLayout.KeyBytes];
        WriteHeader(bytes, CopyDataKind.Challenge, key, number);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(CopyDataLayout.BodyOffset), senderKey);
        return bytes;
    }

    public static byte[] MakeSection(UInt128 key, ulong handle, uint size)
    {
        var bytes = new byte[CopyDataLayout.BodyOffset + CopyDataLayout.SectionBodyBytes];
        WriteHeader(bytes, CopyDataKind.Section, key, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(CopyDataLayout.BodyOffset), handle);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CopyDataLayout.SectionSizeOffset), size);
        return bytes;
    }

    public static void WriteBulk(Span<byte> bytes, UInt128 key, ulong sequence, uint length)
    {
        WriteHeader(bytes, CopyDataKind.Bulk, key, sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CopyDataLayout.BodyOffset..], length);
    }

    private bool IsWhole() => Kind switch
    {
        CopyDataKind.Hello => Body.IsEmpty && Sequence == 0,
        CopyDataKind.Challenge => Body.Length == CopyDataLayout.KeyBytes && Sequence != 0,
        CopyDataKind.Data => !Body.IsEmpty && Sequence != 0,
        CopyDataKind.Section => Body.Length == CopyDataLayout.SectionBodyBytes && Sequence == 0
            && SectionBytes is > 0 and <= CopyDataLimits.SectionBytes,
        CopyDataKind.Bulk => Body.Length == CopyDataLayout.BulkBodyBytes && Sequence != 0
            && BulkLength is > 0 and <= CopyDataLimits.SectionBytes,
        _ => false,
    };
}
