using System.Text;
using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>
/// Where records come from: the resource that the sender claims (service, host, ...) and the origin that the collector
/// saw itself (input, the kernel's word on the process). Immutable; shared by all records of one source.
/// </summary>
internal sealed class Source : IEquatable<Source>
{
    private readonly byte[] _encoded;
    private readonly int _originBytes;
    // Every record looks its source up somewhere.
    private readonly int _hash;

    private Source(byte[] encoded, int originBytes)
    {
        _encoded = encoded;
        _originBytes = originBytes;
        var hash = new HashCode();
        hash.AddBytes(encoded);
        _hash = hash.ToHashCode();
        Service = Text(Resource, "service.name"u8);
        Host = Text(Resource, "host.name"u8);
        Input = Text(Origin, "input"u8);
    }

    /// <summary>The resource's <c>service.name</c>, or empty.</summary>
    public string Service { get; }

    /// <summary>The resource's <c>host.name</c>, or empty.</summary>
    public string Host { get; }

    /// <summary>The input that took the records.</summary>
    public string Input { get; }

    /// <summary>What the collector saw itself.</summary>
    public AttributeList Origin => AttributeList.Read(_encoded.AsSpan(0, _originBytes));

    /// <summary>What the sender claims.</summary>
    public AttributeList Resource => AttributeList.Read(_encoded.AsSpan(_originBytes));

    /// <summary>Both lists one after the other, the origin first: the source's key, and how it is kept.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    public static Source From(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> resource) =>
        new([.. origin, .. resource], origin.Length);

    /// <summary>Reads what <see cref="Encoded"/> gave.</summary>
    public static Source Decode(ReadOnlySpan<byte> encoded)
    {
        var position = 0;
        return AttributeList.TryRead(encoded, ref position, out _)
            ? new Source(encoded.ToArray(), position)
            : throw new InvalidDataException("A source is damaged.");
    }

    public bool Equals(Source? other) => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && _encoded.AsSpan().SequenceEqual(other._encoded));

    public override bool Equals(object? obj) => Equals(obj as Source);

    public override int GetHashCode() => _hash;

    private static string Text(AttributeList list, ReadOnlySpan<byte> key) =>
        list.TryFind(key, out var found)
            && found.Type == AttributeType.Text ? Encoding.UTF8.GetString(found.Value) : "";
}
