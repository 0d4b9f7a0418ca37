using System.Buffers;

namespace Culvert.Transports.NamedPipes;

/// <summary>What was read of a pipe and not yet received, and where its messages end. Its link's gate guards
/// it.</summary>
internal sealed class PipeInput
{
    private readonly Queue<PipeRead> _received = new();
    private readonly Queue<long> _messages = new();
    private Action? _emptyReceived;
    private long _messageBytes;
    private int _start;

    public bool IsEmpty => _received.Count == 0;

    /// <summary>Another read may be kept.</summary>
    public bool HasRoom => _received.Count < PipeLimits.ReadsUnreadMax;

    /// <summary>Keeps a read; its array goes back to the pool when it was received.</summary>
    public void Add(in PipeRead read) => _received.Enqueue(read);

    /// <summary>Takes bytes of the oldest read, which must be there and have some.</summary>
    public int Take(Span<byte> destination)
    {
        var head = _received.Peek();
        var count = Math.Min(head.Count - _start, destination.Length);
        head.Array.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        _messageBytes += count;
        if (_start == head.Count)
        {
            _received.Dequeue();
            _start = 0;
            ArrayPool<byte>.Shared.Return(head.Array);
            if (head.IsMessageWhole) EndMessage();
        }

        return count;
    }

    /// <summary>Takes the messages without bytes that come next, of which the one who is returned must hear.</summary>
    public Action? TakeEmpties()
    {
        Action? toTell = null;
        while (_received.TryPeek(out var head) && head.Count == 0)
        {
            _received.Dequeue();
            EndMessage();
            toTell = _emptyReceived;
        }

        return toTell;
    }

    /// <summary>From now on boundaries are kept.</summary>
    public void KeepMessages(Action emptyReceived) => _emptyReceived = emptyReceived;

    public bool TryTakeMessage(out long bytes) => _messages.TryDequeue(out bytes);

    public bool TryTakeEmpty() => _messages.TryPeek(out var bytes) && bytes == 0 && _messages.TryDequeue(out _);

    /// <summary>Throws away what was not received.</summary>
    public void Clear()
    {
        while (_received.TryDequeue(out var unread)) ArrayPool<byte>.Shared.Return(unread.Array);
    }

    private void EndMessage()
    {
        if (_emptyReceived is not null) _messages.Enqueue(_messageBytes);
        _messageBytes = 0;
    }
}
