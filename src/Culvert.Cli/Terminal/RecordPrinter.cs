using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Query;
using Culvert.Collector.Records;

namespace Culvert.Cli.Terminal;

/// <summary>Prints records on standard output: a line each for a person, or a JSON object each.</summary>
internal sealed class RecordPrinter(bool json, LogQuery query) : IDisposable
{
    private const int FlushBytes = 64 * 1024;

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes * 2);
    private readonly StringBuilder _line = new();
    private readonly RecordTextOptions _options = new()
    {
        Colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "",
        TimeZone = TimeZoneInfo.Local,
    };

    public long Count { get; private set; }

    /// <summary>Prints one; always true, so that it can serve as a visitor.</summary>
    public bool Print(in StoredRecord record)
    {
        Count++;
        if (json)
        {
            using var writer = new Utf8JsonWriter(_buffer, RecordJson.WriterOptions);
            RecordJson.Write(writer, record);
        }
        else
        {
            _line.Clear();
            RecordText.Append(_line, record, _options, query);
            foreach (var chunk in _line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, _buffer);
        }

        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushBytes) Flush();
        return true;
    }

    public void Flush()
    {
        _output.Write(_buffer.WrittenSpan);
        _output.Flush();
        _buffer.ResetWrittenCount();
    }

    public void Dispose()
    {
        Flush();
        _output.Dispose();
    }
}
