using System.Buffers;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Outputs;

/// <summary>Records as JSON, one on a line, gathered until they are written; docs/query.md describes the JSON. Reused;
/// one thread.</summary>
internal sealed class JsonLines : IDisposable
{
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly EntryRecords _records = new();
    private readonly Utf8JsonWriter _json;

    public JsonLines() => _json = new Utf8JsonWriter(_lines, RecordJson.WriterOptions);

    public ReadOnlyMemory<byte> Written => _lines.WrittenMemory;

    /// <summary>The position behind the last record that was added.</summary>
    public ulong Next { get; private set; }

    /// <summary>Adds records until so many bytes are there; returns the index of the first that was not
    /// added.</summary>
    public int Add(in SpoolEntry entry, int first, int bytesMax)
    {
        var records = _records.From(entry, first);
        var index = first;
        for (; _lines.WrittenCount < bytesMax && records.MoveNext(); index++)
        {
            RecordJson.Write(_json, records.Current);
            _json.Flush();
            _json.Reset();
            _lines.Write("\n"u8);
        }

        // What the entry promises and does not hold cannot be waited for.
        if (_lines.WrittenCount < bytesMax) index = entry.RecordCount;
        Next = entry.Position + (ulong)index;
        return index;
    }

    public void Clear() => _lines.ResetWrittenCount();

    public void Dispose() => _json.Dispose();
}
