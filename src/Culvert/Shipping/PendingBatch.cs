using System.Buffers.Binary;
using System.IO.Pipelines;
using Culvert.Framing;
using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>Records of one batch in memory, encoded, from their commit to their acknowledgement.</summary>
/// <remarks>Guarded by the lock of <see cref="BatchMemory"/> while it is open; sealed, it is read by the sender
/// alone.</remarks>
internal sealed class PendingBatch(int capacityBytes)
{
    private readonly byte[] _records = GC.AllocateUninitializedArray<byte>(capacityBytes);
    private readonly List<byte[]> _resources = [];
    private int _resourceBytes;
    private int _length;

    public int CapacityBytes => _records.Length;

    public int RecordCount { get; private set; }

    /// <summary>The number the frame gives: the first record's, its gap not counted.</summary>
    public ulong FirstSequence { get; private set; }

    public ulong LastSequence { get; private set; }

    /// <summary>When the first record came, as the time provider's timestamp.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>Whether it was sent before, so that it is not counted as sent twice.</summary>
    public bool WasSent { get; set; }

    public bool HasRoom(byte[] resource, int contentBytes)
    {
        if (_records.Length - _length < contentBytes + ShippingLimits.RecordHeadBytes) return false;
        if (RecordCount == RecordLimits.BatchRecordCountMax) return false;
        if (_resources.Count == 0 || ReferenceEquals(_resources[^1], resource) || _resources.Contains(resource))
            return true;
        return _resources.Count < ShippingLimits.BatchResourceCount
            && _resourceBytes + resource.Length <= ShippingLimits.BatchResourceBytes;
    }

    public void Open(ulong firstSequence, long now)
    {
        (FirstSequence, LastSequence, OpenedAt) = (firstSequence, firstSequence - 1, now);
        (RecordCount, _length, _resourceBytes, WasSent) = (0, 0, 0, false);
        _resources.Clear();
    }

    public void Append(ulong sequence, byte[] resource, ReadOnlySpan<byte> content)
    {
        var gap = sequence - LastSequence - 1;
        var index = (ulong)IndexOf(resource);
        var bytes = Varint.Size(gap) + Varint.Size(index) + content.Length;
        var target = _records.AsSpan(_length);
        var at = Varint.Write(target, (ulong)bytes);
        at += Varint.Write(target[at..], gap);
        at += Varint.Write(target[at..], index);
        content.CopyTo(target[at..]);
        _length += at + content.Length;
        LastSequence = sequence;
        RecordCount++;
    }

    /// <summary>Writes the batch as one frame.</summary>
    public void WriteFrame(PipeWriter output)
    {
        var span = output.GetSpan(
            FrameLayout.HeaderBytes + sizeof(ulong) + 1 + (2 * Varint.BytesMax) + _resourceBytes + _length);
        var at = FrameLayout.HeaderBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(span[at..], FirstSequence);
        at += sizeof(ulong);
        span[at++] = RecordLayout.Version;
        at += Varint.Write(span[at..], (ulong)_resources.Count);
        foreach (var resource in _resources)
        {
            resource.CopyTo(span[at..]);
            at += resource.Length;
        }

        at += Varint.Write(span[at..], (ulong)RecordCount);
        _records.AsSpan(0, _length).CopyTo(span[at..]);
        at += _length;
        FrameWriter.WriteHeader(span, new FrameHeader(at - FrameLayout.HeaderBytes, (byte)LogFrameType.Batch, 0));
        output.Advance(at);
    }

    private int IndexOf(byte[] resource)
    {
        // Nearly always there is one resource, or the last one again; reference equality is enough, since a resource
        // that is there twice costs a few bytes and no more.
        for (var i = _resources.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_resources[i], resource)) return i;
        }

        _resources.Add(resource);
        _resourceBytes += resource.Length;
        return _resources.Count - 1;
    }
}
