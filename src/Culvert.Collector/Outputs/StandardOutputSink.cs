using Culvert.Collector.Spool;

namespace Culvert.Collector.Outputs;

/// <summary>Writes records as JSON lines to standard output. A record is confirmed when the system took its
/// line.</summary>
internal sealed class StandardOutputSink(Func<Stream> open) : IOutputSink
{
    private const int BufferBytes = 64 * 1024;

    private readonly JsonLines _lines = new();
    private Stream _stream = Stream.Null;

    public ulong Confirmed { get; private set; }

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _stream = open();
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first) => _lines.Add(entry, first, BufferBytes);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_lines.Written.IsEmpty) return;
        await _stream.WriteAsync(_lines.Written, cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _lines.Clear();
        Confirmed = _lines.Next;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        return ValueTask.CompletedTask;
    }
}
