using System.Buffers;
using Culvert.Connections;

namespace Culvert.Transports.Tls;

/// <summary>The connection below TLS, as the stream that <see cref="System.Net.Security.SslStream"/> wants.
/// Asynchronous calls alone; one read and one write at a time.</summary>
internal sealed class TlsWire(Connection connection) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A read came to the end of the bytes. When that is before TLS said that it ends, some may be
    /// missing.</summary>
    public bool HasEnded { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = connection.Input.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully
            ? new ValueTask<int>(Take(reading.Result, buffer))
            : ReadSlowAsync(reading, buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = connection.Output.WriteAsync(buffer, cancellationToken);
        if (!writing.IsCompletedSuccessfully) return WriteSlowAsync(writing);
        Check(writing.Result.IsCompleted);
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static void Check(bool isGone)
    {
        if (isGone) throw new IOException("The connection below TLS is gone.");
    }

    private async ValueTask<int> ReadSlowAsync(
        ValueTask<System.IO.Pipelines.ReadResult> reading, Memory<byte> buffer) =>
        Take(await reading.ConfigureAwait(false), buffer);

    private static async ValueTask WriteSlowAsync(ValueTask<System.IO.Pipelines.FlushResult> writing) =>
        Check((await writing.ConfigureAwait(false)).IsCompleted);

    /// <summary>A read into no room waits for bytes, and so holds no buffer meanwhile; it takes none and sees no
    /// end.</summary>
    private int Take(in System.IO.Pipelines.ReadResult result, Memory<byte> buffer)
    {
        var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        taken.CopyTo(buffer.Span);
        var count = (int)taken.Length;
        connection.Input.AdvanceTo(taken.End);
        if (count == 0 && buffer.Length > 0 && result.IsCompleted) HasEnded = true;
        return count;
    }
}
