using System.Text.Json;
using Culvert.Collector.Records;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Writes an answer of one JSON value a line. What was written is flushed in pieces, so that a slow reader
/// slows the search and not the memory. One thread at a time.</summary>
internal sealed class RecordStream : IDisposable
{
    private readonly HttpContext _context;
    private readonly Utf8JsonWriter _writer;
    private long _unflushed;

    public RecordStream(HttpContext context, string contentType)
    {
        _context = context;
        context.Response.ContentType = contentType;
        _writer = new Utf8JsonWriter(context.Response.BodyWriter, RecordJson.WriterOptions);
    }

    /// <summary>Whether enough waits to be worth a flush.</summary>
    public bool IsDue => _unflushed >= HttpLimits.FlushBytes;

    public void Record(in StoredRecord record)
    {
        RecordJson.Write(_writer, record);
        EndLine();
    }

    public void Line(Action<Utf8JsonWriter> write)
    {
        write(_writer);
        EndLine();
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        var output = _context.Response.BodyWriter;
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
        _unflushed += bytes.Length;
    }

    public async ValueTask FlushAsync()
    {
        _unflushed = 0;
        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
        _context.RequestAborted.ThrowIfCancellationRequested();
    }

    public void Dispose() => _writer.Dispose();

    private void EndLine()
    {
        _writer.Flush();
        _unflushed += _writer.BytesCommitted;
        _writer.Reset();
        Raw("\n"u8);
    }
}
