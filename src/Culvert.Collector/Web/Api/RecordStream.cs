using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Api;

/// <summary>Writes an answer of one JSON value a line. What was written is flushed in pieces, so that a slow reader slows
/// the search and not the memory. One thread at a time.</summary>
internal sealed class RecordStream : IDisposable
{
    private readonly HttpContext _context;
    private readonly Utf8JsonWriter _writer;
    private long _flushedAt;
    private long _written;

    public RecordStream(HttpContext context, string contentType = "application/x-ndjson")
    {
        _context = context;
        context.Response.ContentType = contentType;
        _writer = new Utf8JsonWriter(context.Response.BodyWriter);
    }

    /// <summary>Whether enough waits to be worth a flush.</summary>
    public bool IsDue => _written - _flushedAt >= HttpLimits.FlushBytes;

    /// <summary>Begins a line; give it to <see cref="End"/> when its value is written.</summary>
    public Utf8JsonWriter Begin() => _writer;

    public void End()
    {
        _writer.Flush();
        _written += _writer.BytesCommitted + 1;
        _writer.Reset();
        Raw("\n"u8);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_context.Response.BodyWriter.GetSpan(bytes.Length));
        _context.Response.BodyWriter.Advance(bytes.Length);
        _written += bytes.Length;
    }

    public async ValueTask FlushAsync()
    {
        _flushedAt = _written;
        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
        _context.RequestAborted.ThrowIfCancellationRequested();
    }

    public void Dispose() => _writer.Dispose();
}
