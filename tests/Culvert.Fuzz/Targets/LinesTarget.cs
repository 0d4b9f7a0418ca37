using System.Buffers;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>A stream of lines of any kind, or of syslog messages, as they come over a connection: the way it is cut
/// into chunks must not show in the records, and every record must be valid.</summary>
internal sealed class LinesTarget(string name, bool isSyslog) : IFuzzTarget
{
    // Low, so that chance reaches it.
    private const int LineBytesMax = 512;

    // Reused as an input reuses them: what they keep must not show either.
    private readonly LineRecordParser _lines = new(FixedTime.Instance);
    private readonly SyslogParser _syslog = new(FixedTime.Instance);
    private readonly RecordDraft _draft = new();
    private readonly RecordBatchWriter _batch = new();

    public string Name => name;

    public IEnumerable<string> Words =>
    [
        "\r\n", "\0", "{\"", "\":", "\\u", "\\ud83d\\ude00", "__REALTIME_TIMESTAMP", "MESSAGE", "PRIORITY", "level",
        "timestamp", "time", "msg", "message", "trace_id", "traceId", "span_id", "@t", "service", "host", "exception",
        "<14>", "<165>1 ", "2023-11-14T22:13:20.123456Z", "Nov 14 22:13:20 ", "[id@1 a=\"b\"]", " - ", "1700000000",
        "pid", "error", "WARN", "   at ", "[", "]", "null", "true", "1e308", "-0", "\ufeff",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var whole = Records(input, input.Length);
        Must.BeSame(whole, Records(input, 1), "what is cut into bytes");
        Must.BeSame(whole, Records(input, 7), "what is cut into sevens");
        if (RecordBatchReader.TryOpen(whole, out var reader, out _) && reader.RecordCount > 0)
            BatchTarget.CheckOwn(whole);
    }

    private byte[] Records(ReadOnlySpan<byte> input, int chunkBytes)
    {
        ILineCutter cutter = isSyslog ? new SyslogFramer(LineBytesMax) : new LineSplitter(LineBytesMax);
        _batch.Clear();
        var resources = new ResourceTable(_batch, []);

        void Add(in SplitLine line)
        {
            if (isSyslog) _syslog.ParseBytes(line.Text, _draft, line.IsCut);
            else _lines.Parse(line.Text, _draft, line.IsCut);
            _draft.WriteTo(_batch, resources.IndexOf(_draft));
        }

        while (!input.IsEmpty)
        {
            var chunk = input[..Math.Min(chunkBytes, input.Length)];
            input = input[chunk.Length..];
            while (cutter.TryRead(ref chunk, out var line)) Add(line);
            Must.Hold(chunk.IsEmpty);
        }

        if (cutter.TryReadRest(out var rest)) Add(rest);
        var output = new ArrayBufferWriter<byte>();
        _batch.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
