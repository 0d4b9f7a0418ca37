using Culvert.Transports.Links;

namespace Culvert.Transports.CopyData;

/// <summary>
/// The bytes that come in, each once: a message whose answer came too late for its sender is sent again under the same
/// number. Taken on the pump's thread, received by the reader's.
/// </summary>
internal sealed class CopyDataInput(ICopyDataSections? sections)
{
    private readonly StreamHalf _half = new(CopyDataLimits.QueueBytesMax, CopyDataLimits.RoomBytesMin);
    private ICopyDataSection? _section;
    private ulong _lastSequence;
    private int _lastCount;

    public int Receive(Span<byte> destination, out bool madeRoom) => _half.Receive(destination, out madeRoom);

    /// <summary>Takes what a message carries. Only the pump's thread.</summary>
    public CopyDataAnswer Take(in CopyDataMessage message)
    {
        switch (message.Kind)
        {
            case CopyDataKind.Data:
                return Take(message.Sequence, message.Body);
            case CopyDataKind.Section:
                _section?.Dispose();
                _section = sections?.TryOpen(message.SectionHandle, (int)message.SectionBytes);
                return new CopyDataAnswer(_section is null ? CopyDataCode.NoSection : CopyDataCode.Taken);
            case CopyDataKind.Bulk when _section is null:
                return new CopyDataAnswer(CopyDataCode.NoSection);
            case CopyDataKind.Bulk when message.BulkLength <= _section.Bytes.Length:
                return Take(message.Sequence, _section.Bytes[..(int)message.BulkLength]);
            default:
                return new CopyDataAnswer(CopyDataCode.Broken);
        }
    }

    public void End() => _half.End();

    public void Discard() => _half.Discard();

    /// <summary>Gives the section back. Only the pump's thread, which alone uses it.</summary>
    public void Release()
    {
        _section?.Dispose();
        _section = null;
    }

    private CopyDataAnswer Take(ulong sequence, ReadOnlySpan<byte> bytes)
    {
        // An earlier try of the same message had arrived. Of an older one nobody waits for the answer any more.
        if (sequence <= _lastSequence)
        {
            return new CopyDataAnswer(CopyDataCode.Taken, sequence == _lastSequence ? _lastCount : 0);
        }

        if (sequence != _lastSequence + 1) return new CopyDataAnswer(CopyDataCode.Broken);
        var count = _half.Send(bytes);
        if (count == LinkResult.Broken) return new CopyDataAnswer(CopyDataCode.Gone);
        if (count == LinkResult.WouldBlock) return new CopyDataAnswer(CopyDataCode.Taken);
        _lastSequence = sequence;
        _lastCount = count;
        return new CopyDataAnswer(CopyDataCode.Taken, count);
    }
}
