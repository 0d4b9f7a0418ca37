using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Records;

namespace Culvert.Collector.Elasticsearch;

/// <summary>The terms of one field of one document as the content of a JSON array. Reused; one thread.</summary>
internal sealed class TermList : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    public TermList()
    {
        _json = new Utf8JsonWriter(_buffer, RecordJson.WriterOptions);
        Clear();
    }

    public int Count { get; private set; }

    /// <summary>What was added, with commas between and no brackets around.</summary>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            _json.Flush();
            return _buffer.WrittenSpan[1..];
        }
    }

    public void Add(ReadOnlySpan<byte> term)
    {
        _json.WriteStringValue(term);
        Count++;
    }

    public void Clear()
    {
        _json.Reset();
        _buffer.ResetWrittenCount();
        _json.WriteStartArray();
        Count = 0;
    }

    public void Dispose() => _json.Dispose();
}
