using System.Text.Json;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Text;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>Makes the resource of an event: its <c>@ra</c>, and the service and host from the properties under which
/// Serilog's enrichers give them. Reused; one thread at a time.</summary>
internal sealed class ClefResource
{
    private static readonly byte[][] ServiceNames =
        ["service.name"u8.ToArray(), "Application"u8.ToArray(), "ApplicationName"u8.ToArray()];

    private static readonly byte[][] HostNames = ["host.name"u8.ToArray(), "MachineName"u8.ToArray()];

    private readonly RecordBuffer _buffer = new(256);
    private readonly JsonStrings _strings = new();

    /// <summary>The encoded resource; valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(JsonElement root, JsonElement resource)
    {
        _buffer.Clear();
        var attributes = AttributeWriter.Begin(_buffer);
        var (hasService, hasHost) = (false, false);
        if (resource.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in resource.EnumerateObject())
            {
                if (_buffer.Length + JsonAttributes.Bytes(property) > HttpInputLimits.ResourceBytesMax) continue;
                var name = _strings.Name(property).ToArray();
                hasService |= name.AsSpan().SequenceEqual("service.name"u8);
                hasHost |= name.AsSpan().SequenceEqual("host.name"u8);
                JsonAttributes.Add(ref attributes, name, property.Value, _strings);
            }
        }

        if (!hasService) Copy(ref attributes, root, ServiceNames);
        if (!hasHost) Copy(ref attributes, root, HostNames);
        attributes.End();
        return _buffer.Written;
    }

    private void Copy(ref AttributeWriter attributes, JsonElement root, byte[][] names)
    {
        foreach (var name in names)
        {
            if (!_strings.TryFind(root, name, out var value) || value.ValueKind != JsonValueKind.String) continue;
            var text = _strings.Get(value);
            if (text.Length > RecordLimits.KeyBytesMax) continue;
            attributes.Add(names[0], text);
            return;
        }
    }
}
