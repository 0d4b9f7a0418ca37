using System.Text.Json;
using Culvert.Collector.Query.Fields;

namespace Culvert.Collector.Elasticsearch;

/// <summary>
/// Walks the values of a JSON attribute and gives each under every path that leads to it: the attribute's own name, and
/// each key below with a point between. Its answers are <see cref="JsonLeaves"/>' for any path. Reused; one thread.
/// </summary>
internal sealed class JsonPaths
{
    private readonly List<int> _ends = [];
    private byte[] _path = new byte[256];
    private int _length;

    public interface IVisitor
    {
        /// <summary>A value.</summary>
        /// <param name="path">The deepest path.</param>
        /// <param name="ends">Where each of the paths ends in it, the shortest first.</param>
        /// <param name="value">The value.</param>
        void Visit(ReadOnlySpan<byte> path, ReadOnlySpan<int> ends, scoped in FieldValue value);
    }

    public void Walk(ReadOnlySpan<byte> fullName, ReadOnlySpan<byte> json, IVisitor visitor)
    {
        (_length, var test) = (0, new LeafTest(this, visitor));
        _ends.Clear();
        Push(fullName);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (reader.Read()) Visit(ref reader, ref test);
        }
        catch (JsonException)
        {
            // What cannot be read is one text.
            _ends.RemoveRange(1, _ends.Count - 1);
            _length = fullName.Length;
            test.Test(FieldValue.Of(json));
        }
    }

    private void Visit(scoped ref Utf8JsonReader reader, ref LeafTest test)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Visit(ref reader, ref test);
                break;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var (length, count) = (_length, _ends.Count);
                    if (count <= ElasticsearchLimits.JsonDepthMax) PushKey(ref reader);
                    reader.Read();
                    Visit(ref reader, ref test);
                    _length = length;
                    _ends.RemoveRange(count, _ends.Count - count);
                }

                break;
            default:
                JsonLeaves.TestLeaf(ref reader, ref test);
                break;
        }
    }

    private void PushKey(scoped ref Utf8JsonReader reader)
    {
        Grow(reader.ValueSpan.Length + 1);
        _path[_length] = (byte)'.';
        try
        {
            var copied = reader.CopyString(_path.AsSpan(_length + 1));
            _length += 1 + copied;
            _ends.Add(_length);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: no query can name such a key.
        }
    }

    private void Push(ReadOnlySpan<byte> name)
    {
        Grow(name.Length);
        name.CopyTo(_path.AsSpan(_length));
        _length += name.Length;
        _ends.Add(_length);
    }

    private void Grow(int count)
    {
        if (_path.Length - _length < count) Array.Resize(ref _path, Math.Max(_path.Length * 2, _length + count));
    }

    private readonly struct LeafTest(JsonPaths paths, IVisitor visitor) : IValueTest
    {
        public bool Test(scoped in FieldValue value)
        {
            visitor.Visit(
                paths._path.AsSpan(0, paths._length),
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(paths._ends), value);
            return false;
        }
    }
}
