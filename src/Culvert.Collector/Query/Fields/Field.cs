using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Query.Text;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Query.Fields;

/// <summary>A field of a query, resolved. A field may have several values in one record (an array), or none.</summary>
internal sealed class Field
{
    private readonly byte[] _key;
    private readonly ulong[] _keyHashes;

    /// <param name="name">The name as it is printed.</param>
    /// <param name="kind">What it stands for.</param>
    /// <param name="key">The attribute's key, its case as written.</param>
    public Field(string name, FieldKind kind, string key)
    {
        Name = name;
        Kind = kind;
        _key = Encoding.UTF8.GetBytes(key);
        var dots = Enumerable.Range(0, _key.Length).Where(i => _key[i] == '.' && i > 0 && i < _key.Length - 1);
        _keyHashes = [TokenHash.OfKey(_key), .. dots.Select(dot => TokenHash.OfKey(_key.AsSpan(0, dot)))];
    }

    public string Name { get; }

    /// <summary>The attribute's key, its case as written.</summary>
    public ReadOnlySpan<byte> Key => _key;

    public FieldKind Kind { get; }

    /// <summary>Whether a value is compared as a whole, its case ignored, rather than by its words: names of
    /// things.</summary>
    public bool IsWhole => Kind is FieldKind.TraceId or FieldKind.SpanId or FieldKind.Logger or FieldKind.EventName
        or FieldKind.Service or FieldKind.Host or FieldKind.ProcessId or FieldKind.Executable or FieldKind.User
        or FieldKind.Input;

    /// <summary>Whether the field's values may be attributes of the record.</summary>
    public bool ReadsAttributes => Kind is FieldKind.Any or FieldKind.Attribute || HasShortName;

    /// <summary>Whether the field's values may lie in the source.</summary>
    public bool ReadsSource => Kind is FieldKind.Any or FieldKind.Resource or FieldKind.Origin or FieldKind.Service
        or FieldKind.Host or FieldKind.ProcessId or FieldKind.Executable or FieldKind.User or FieldKind.Input;

    /// <summary>Whether the values are in the block's filter if they are not in the source.</summary>
    public bool IsInFilter => Kind is not (FieldKind.Template or FieldKind.Severity or FieldKind.Position);

    private bool HasShortName => Kind is >= FieldKind.Logger and <= FieldKind.Input;

    /// <summary>Whether a record of the block may have an attribute of this name.</summary>
    public bool MayBeAttribute(in BlockSummary block)
    {
        if (!ReadsAttributes) return false;
        foreach (var hash in _keyHashes)
        {
            if (block.MayContain(hash)) return true;
        }

        return false;
    }

    /// <summary>Whether one of the record's values passes.</summary>
    public bool Any<TTest>(in StoredRecord record, ref TTest test)
        where TTest : IValueTest
    {
        if (ReadsAttributes && TryAny(record.Attributes, _key, ref test, out var passed)) return passed;
        Span<byte> hex = stackalloc byte[TraceText.TraceIdLength];
        switch (Kind)
        {
            case FieldKind.Message:
                return TestText(record.Body, ref test);
            case FieldKind.Logger:
                return TestText(record.Logger, ref test);
            case FieldKind.Template:
                return TestText(record.Template, ref test);
            case FieldKind.EventName:
                return TestText(record.EventName, ref test);
            case FieldKind.Level or FieldKind.Severity:
                return record.Severity != Severity.Unspecified && test.Test(FieldValue.Of((long)record.Severity));
            case FieldKind.Position:
                return test.Test(FieldValue.Of((long)record.Position));
            case FieldKind.TraceId:
                return HasTrace(record) && test.Test(FieldValue.Of(TraceText.TraceId(record.Trace, hex)));
            case FieldKind.SpanId:
                return HasTrace(record) && test.Test(FieldValue.Of(TraceText.SpanId(record.Trace, hex)));
            default:
                return AnyOf(record.Source, ref test);
        }
    }

    /// <summary>Whether one of the source's values passes; what the records' attributes say is not asked.</summary>
    public bool AnyOf<TTest>(Source source, ref TTest test)
        where TTest : IValueTest
    {
        bool passed;
        switch (Kind)
        {
            case FieldKind.Service:
                return TryAny(source.Resource, "service.name"u8, ref test, out passed) && passed;
            case FieldKind.Host:
                return TryAny(source.Resource, "host.name"u8, ref test, out passed) && passed;
            case FieldKind.ProcessId:
                if (TryAny(source.Origin, "peer.pid"u8, ref test, out passed)) return passed;
                return TryAny(source.Resource, "process.pid"u8, ref test, out passed) && passed;
            case FieldKind.Executable:
                if (TryAny(source.Origin, "peer.exe"u8, ref test, out passed)) return passed;
                return TryAny(source.Resource, "process.executable.path"u8, ref test, out passed) && passed;
            case FieldKind.User:
                if (TryAny(source.Origin, "peer.user"u8, ref test, out passed)) return passed;
                return TryAny(source.Resource, "process.owner"u8, ref test, out passed) && passed;
            case FieldKind.Input:
                return TryAny(source.Origin, "input"u8, ref test, out passed) && passed;
            case FieldKind.Resource:
                return TryAny(source.Resource, _key, ref test, out passed) && passed;
            case FieldKind.Origin:
                return TryAny(source.Origin, _key, ref test, out passed) && passed;
            case FieldKind.Any:
                if (TryAny(source.Resource, _key, ref test, out passed)) return passed;
                return TryAny(source.Origin, _key, ref test, out passed) && passed;
            default:
                return false;
        }
    }

    private static bool HasTrace(in StoredRecord record) => record.Trace.Length == RecordLayout.TraceBytes;

    private static bool TestText<TTest>(ReadOnlySpan<byte> text, ref TTest test)
        where TTest : IValueTest => !text.IsEmpty && test.Test(FieldValue.Of(text));

    /// <summary>Asks the attribute of this key, or what stands in a JSON attribute whose key is the path's beginning.
    /// False if there is neither.</summary>
    private static bool TryAny<TTest>(
        AttributeList attributes, ReadOnlySpan<byte> key, ref TTest test, out bool passed)
        where TTest : IValueTest
    {
        passed = false;
        if (attributes.Count == 0) return false;
        if (TryFind(attributes, key, ref test, out passed)) return true;
        for (var dot = LastDot(key, key.Length - 1); dot > 0; dot = LastDot(key, dot))
        {
            if (!attributes.TryFind(key[..dot], out var outer)) continue;
            if (outer.Type != AttributeType.Json) continue;
            passed = JsonLeaves.Any(outer.Value, key[(dot + 1)..], ref test);
            return true;
        }

        return false;
    }

    private static int LastDot(ReadOnlySpan<byte> key, int before) =>
        before <= 0 ? -1 : key[..before].LastIndexOf((byte)'.');

    private static bool TryFind<TTest>(
        AttributeList attributes, ReadOnlySpan<byte> key, ref TTest test, out bool passed)
        where TTest : IValueTest
    {
        passed = false;
        if (!attributes.TryFind(key, out var found)) return false;
        passed = found.Type switch
        {
            AttributeType.Null => false,
            AttributeType.Json => JsonLeaves.Any(found.Value, default, ref test),
            _ => test.Test(FieldValue.Of(found)),
        };
        return found.Type != AttributeType.Null;
    }
}
