using System.Buffers.Binary;

namespace Culvert.Collector.Spool;

/// <summary>
/// Reads the entries of a segment one after the other and passes over what is damaged: after bytes that are no valid
/// entry it looks, at every multiple of 8, for the next header whose checksum is right and whose position is plausible.
/// </summary>
/// <remarks>One thread at a time. The memory of an entry is valid until the next call.</remarks>
internal sealed class SegmentScanner(uint salt) : IDisposable
{
    private byte[] _buffer = [];
    private ISpoolFile? _file;
    private long _bufferOffset;
    private int _filled;
    private long _offset;

    /// <summary>Where the entry given last begins.</summary>
    public long EntryOffset { get; private set; }

    /// <summary>Behind the entry given last; at the start, where the scan began.</summary>
    public long NextOffset => _offset;

    /// <summary>Begins a segment; owns the file from now on.</summary>
    public void Open(ISpoolFile file, long offset)
    {
        Close();
        _file = file;
        _offset = _bufferOffset = offset;
        _filled = 0;
        if (_buffer.Length == 0) _buffer = new byte[SpoolLimits.ReadBytes];
    }

    /// <summary>The next entry that ends above <paramref name="from"/> and is whole; false when there is none up to
    /// <paramref name="dataEnd"/> (the scan then stays behind the last entry and may go on with a higher
    /// end).</summary>
    /// <param name="from">Entries that end at or below it are passed over.</param>
    /// <param name="endPosition">Entries that end above it are not there.</param>
    /// <param name="dataEnd">Offset up to which entries may lie.</param>
    /// <param name="header">The entry's header.</param>
    /// <param name="payload">Origin and records.</param>
    public bool TryNext(
        ulong from, ulong endPosition, long dataEnd, out EntryHeader header, out ReadOnlyMemory<byte> payload)
    {
        var offset = _offset;
        payload = default;
        while (Fill(offset, EntryLayout.HeaderBytes, dataEnd))
        {
            if (!EntryHeader.TryRead(At(offset), salt, out header)
                || !IsPlausible(header, endPosition, offset, dataEnd))
            {
                offset = NextCandidate(offset, dataEnd);
                continue;
            }

            if (header.NextPosition <= from)
            {
                offset += header.EntryBytes;
                _offset = offset;
                continue;
            }

            if (!Fill(offset, header.EntryBytes, dataEnd)) break;
            payload = _buffer.AsMemory(
                (int)(offset - _bufferOffset) + EntryLayout.HeaderBytes, header.OriginBytes + header.RecordsBytes);
            var bytes = payload.Span;
            if (EntryHeader.PayloadChecksum(bytes[..header.OriginBytes], bytes[header.OriginBytes..], salt)
                != header.PayloadCrc)
            {
                // The header tells where the next entry begins; should that be wrong too, the search goes on from
                // there.
                offset += header.EntryBytes;
                continue;
            }

            EntryOffset = offset;
            _offset = offset + header.EntryBytes;
            return true;
        }

        header = default;
        return false;
    }

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => Close();

    private static bool IsPlausible(in EntryHeader header, ulong endPosition, long offset, long dataEnd) =>
        header.NextPosition > header.Position && header.NextPosition <= endPosition
            && header.EntryBytes <= dataEnd - offset;

    private ReadOnlySpan<byte> At(long offset) =>
        _buffer.AsSpan((int)(offset - _bufferOffset), _filled - (int)(offset - _bufferOffset));

    private long NextCandidate(long offset, long dataEnd)
    {
        offset += EntryLayout.Alignment;
        for (; Fill(offset, EntryLayout.HeaderBytes, dataEnd); offset += EntryLayout.Alignment)
        {
            var span = At(offset);
            while (span.Length >= EntryLayout.HeaderBytes)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(span) == EntryLayout.Magic) return offset;
                span = span[EntryLayout.Alignment..];
                offset += EntryLayout.Alignment;
            }

            offset -= EntryLayout.Alignment;
        }

        return offset;
    }

    /// <summary>Makes sure that so many bytes from the offset on are in the buffer; false when they are not
    /// there.</summary>
    private bool Fill(long offset, int bytes, long dataEnd)
    {
        if (offset + bytes > dataEnd) return false;
        var at = offset - _bufferOffset;
        if (at >= 0 && at + bytes <= _filled) return true;
        if (at >= 0 && at < _filled)
        {
            _buffer.AsSpan((int)at, _filled - (int)at).CopyTo(_buffer);
            _filled -= (int)at;
        }
        else
        {
            _filled = 0;
        }

        if (bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(bytes, _buffer.Length * 2));
        _bufferOffset = offset;
        var wanted = (int)Math.Min(_buffer.Length - _filled, dataEnd - offset - _filled);
        _filled += _file!.Read(offset + _filled, _buffer.AsSpan(_filled, wanted));
        return bytes <= _filled;
    }
}
