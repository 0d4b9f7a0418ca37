using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>Reads back what <see cref="RecordJson"/> wrote, so that a record that came over HTTP is printed by the same
/// code as one from a file. One thread; the record it gives is valid until the next call.</summary>
internal sealed class RecordJsonReader
{
    private readonly RecordBuffer _attributes = new(1024);
    private byte[] _lastSource = [];
    private Source? _source;

    /// <summary>Gives the record to the visitor and returns what the visitor said; throws <see cref="JsonException"/>
    /// or <see cref="FormatException"/> where the text is no record.</summary>
    public bool Read(ReadOnlyMemory<byte> json, Store.RecordVisitor visit)
    {
        using var document = JsonDocument.Parse(json);
        return visit(ReadChecked(document.RootElement, ReadId));
    }

    /// <summary>The same, of JSON that was parsed, and with an id that stands elsewhere.</summary>
    public bool Read(JsonElement json, string? id, Store.RecordVisitor visit) => visit(ReadChecked(json, _ => id));

    private StoredRecord ReadChecked(JsonElement json, Func<JsonElement, string?> id)
    {
        try
        {
            return ReadRecord(json, id(json));
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException
            or ArgumentException)
        {
            // An InvalidOperationException is a value of another kind, or text with half a surrogate pair.
            throw new FormatException($"This is no record: {exception.Message}", exception);
        }
    }

    private static string? ReadId(JsonElement root) =>
        root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private StoredRecord ReadRecord(JsonElement root, string? id)
    {
        WriteList(root, "attributes");
        return new StoredRecord
        {
            Position = root.GetProperty("position").GetUInt64(),
            Id = id,
            TimeNs = ReadTime(root, "time"),
            ObservedNs = ReadTime(root, "observed"),
            Severity = ReadSeverity(root),
            Flags = root.TryGetProperty("truncated", out _) ? RecordFlags.Truncated : RecordFlags.None,
            Source = ReadSource(root),
            Trace = ReadTrace(root),
            Template = Text(root, "template"),
            Logger = Text(root, "logger"),
            EventName = Text(root, "event"),
            Body = Text(root, "body"),
            Attributes = AttributeList.Read(_attributes.Written),
        };
    }

    private static byte[] Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? Encoding.UTF8.GetBytes(value.GetString() ?? "") : [];

    private static Severity ReadSeverity(JsonElement root)
    {
        var number = root.GetProperty("severity").GetByte();
        return number <= RecordLimits.SeverityMax
            ? (Severity)number
            : throw new FormatException($"{number} is no severity; they go to {RecordLimits.SeverityMax}.");
    }

    private static long ReadTime(JsonElement root, string name)
    {
        // RecordTime always writes nine digits and a Z, of which DateTimeOffset reads seven.
        var text = root.GetProperty(name).GetString() ?? "";
        if (text.Length != RecordTime.TextLength) throw new FormatException($"'{text}' is no time of a record.");
        var seconds = DateTimeOffset.Parse(
            text.AsSpan(0, 19), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();
        return seconds * 1_000_000_000 + long.Parse(
            text.AsSpan(20, 9), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static byte[] ReadTrace(JsonElement root)
    {
        if (!root.TryGetProperty("trace", out var trace) || !root.TryGetProperty("span", out var span)) return [];
        var bytes = new byte[RecordLayout.TraceBytes];
        Convert.FromHexString(trace.GetString() ?? "", bytes, out _, out _);
        Convert.FromHexString(span.GetString() ?? "", bytes.AsSpan(16), out _, out _);
        return bytes;
    }

    private Source ReadSource(JsonElement root)
    {
        WriteList(root, "origin", out var origin);
        WriteList(root, "resource", out var resource);
        byte[] encoded = [.. origin, .. resource];
        if (_source is not null && encoded.AsSpan().SequenceEqual(_lastSource)) return _source;
        _lastSource = encoded;
        return _source = Source.Decode(encoded);
    }

    private void WriteList(JsonElement root, string name)
    {
        _attributes.Clear();
        Write(_attributes, root, name);
    }

    private static void WriteList(JsonElement root, string name, out byte[] encoded)
    {
        var buffer = new RecordBuffer(256);
        Write(buffer, root, name);
        encoded = buffer.Written.ToArray();
    }

    private static void Write(RecordBuffer buffer, JsonElement root, string name)
    {
        var writer = AttributeWriter.Begin(buffer);
        if (root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in list.EnumerateObject()) Add(ref writer, property);
        }

        writer.End();
    }

    private static void Add(ref AttributeWriter writer, JsonProperty property)
    {
        var value = property.Value;
        switch (value.ValueKind)
        {
            case JsonValueKind.String: writer.Add(property.Name, value.GetString().AsSpan()); break;
            case JsonValueKind.True or JsonValueKind.False: writer.Add(property.Name, value.GetBoolean()); break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole): writer.Add(property.Name, whole); break;
            case JsonValueKind.Number: writer.Add(property.Name, value.GetDouble()); break;
            case JsonValueKind.Null: writer.AddNull(Encoding.UTF8.GetBytes(property.Name)); break;
            default:
                writer.AddJson(Encoding.UTF8.GetBytes(property.Name), Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }
}
