using System.Buffers;

namespace Culvert.Transports.CopyData;

/// <summary>
/// The bytes that go out: one message at a time, under the same number until its answer is there. One sender at a time.
/// </summary>
internal sealed class CopyDataOutput(ICopyDataWindow window, UInt128 key, ICopyDataOutbox? outbox)
{
    // Guards the two fields between the sender and the pump's thread: room that is told of while a message is on its
    // way must not be taken for older than its answer.
    private readonly Lock _gate = new();
    private int _rooms;
    private bool _isFull;

    private ulong _sequence = 1;
    private int _openCount;
    private bool _canBulk = outbox is not null;

    /// <summary>Hands over as much as one message takes. Waits for the peer's window, which only copies.</summary>
    public CopyDataSent Send(in ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            int rooms;
            lock (_gate)
            {
                if (_isFull) return new(CopyDataSentKind.Full);
                rooms = _rooms;
            }

            // The number stands for these very bytes until an answer says what became of them.
            var count = _openCount > 0 ? _openCount : Choose(bytes.Length);
            var outcome = Try(bytes.Slice(0, count), out var encoded);
            if (outcome == CopyDataOutcome.TimedOut)
            {
                _openCount = count;
                return new(CopyDataSentKind.Unanswered);
            }

            if (outcome == CopyDataOutcome.NoWindow) return new(CopyDataSentKind.NoWindow);
            if (outcome == CopyDataOutcome.NotAllowed) return new(CopyDataSentKind.NotAllowed);
            _openCount = 0;
            var answer = CopyDataAnswer.Decode(encoded);
            if (answer.Code == CopyDataCode.NoSection && count > CopyDataLimits.PayloadBytesMax)
            {
                _canBulk = false;
                continue;
            }

            if (answer.Code == CopyDataCode.Gone) return new(CopyDataSentKind.Gone);
            if (answer.Code != CopyDataCode.Taken || answer.Count > count) return new(CopyDataSentKind.Violation);
            if (answer.Count < count)
            {
                lock (_gate)
                {
                    if (_rooms == rooms) _isFull = true;
                }
            }

            if (answer.Count == 0) continue;
            _sequence++;
            return new(CopyDataSentKind.Taken, answer.Count);
        }
    }

    /// <summary>The peer has room again.</summary>
    public void OnRoom()
    {
        lock (_gate)
        {
            _rooms++;
            _isFull = false;
        }
    }

    private int Choose(long length)
    {
        var max = _canBulk ? CopyDataLimits.SectionBytes : CopyDataLimits.PayloadBytesMax;
        return (int)Math.Min(length, max);
    }

    private CopyDataOutcome Try(in ReadOnlySequence<byte> bytes, out long answer)
    {
        if (bytes.Length > CopyDataLimits.PayloadBytesMax) return TryBulk(bytes, out answer);
        var length = CopyDataLayout.BodyOffset + (int)bytes.Length;
        var message = ArrayPool<byte>.Shared.Rent(length);
        CopyDataMessage.WriteHeader(message, CopyDataKind.Data, key, _sequence);
        bytes.CopyTo(message.AsSpan(CopyDataLayout.BodyOffset));
        var outcome = window.Send(message.AsSpan(0, length), out answer);
        ArrayPool<byte>.Shared.Return(message);
        return outcome;
    }

    private CopyDataOutcome TryBulk(in ReadOnlySequence<byte> bytes, out long answer)
    {
        if (!outbox!.IsOffered)
        {
            if (outbox.TryCreate() is not { } handle)
            {
                answer = new CopyDataAnswer(CopyDataCode.NoSection).Encode();
                return CopyDataOutcome.Answered;
            }

            var offer = CopyDataMessage.MakeSection(key, handle, CopyDataLimits.SectionBytes);
            var offered = window.Send(offer, out answer);
            if (offered != CopyDataOutcome.Answered) return offered;
            if (CopyDataAnswer.Decode(answer).Code != CopyDataCode.Taken) return offered;
            outbox.IsOffered = true;
        }

        if (!outbox.TryWrite(bytes))
        {
            answer = new CopyDataAnswer(CopyDataCode.Gone).Encode();
            return CopyDataOutcome.Answered;
        }

        Span<byte> message = stackalloc byte[CopyDataLayout.BodyOffset + CopyDataLayout.BulkBodyBytes];
        CopyDataMessage.WriteBulk(message, key, _sequence, (uint)bytes.Length);
        return window.Send(message, out answer);
    }
}
