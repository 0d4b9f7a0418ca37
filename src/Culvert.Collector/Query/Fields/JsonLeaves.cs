using System.Buffers;
using System.Text.Json;

namespace Culvert.Collector.Query.Fields;

/// <summary>The values inside JSON text: each text, number and truth value, however deep; arrays give each
/// element.</summary>
internal static class JsonLeaves
{
    /// <summary>Whether one of the values passes. With a path (<c>user.id</c>) only what stands there is asked; a
    /// key of
    /// the JSON may itself have points. JSON that cannot be read is one text.</summary>
    public static bool Any<TTest>(ReadOnlySpan<byte> json, ReadOnlySpan<byte> path, ref TTest test)
        where TTest : IValueTest
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && Visit(ref reader, path, ref test);
        }
        catch (JsonException)
        {
            return path.IsEmpty && test.Test(FieldValue.Of(json));
        }
    }

    private static bool Visit<TTest>(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> path, ref TTest test)
        where TTest : IValueTest
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (Visit(ref reader, path, ref test)) return true;
                }

                return false;
            case JsonTokenType.StartObject:
                return VisitObject(ref reader, path, ref test);
            default:
                return path.IsEmpty && TestLeaf(ref reader, ref test);
        }
    }

    private static bool VisitObject<TTest>(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> path, ref TTest test)
        where TTest : IValueTest
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var rest = default(ReadOnlySpan<byte>);
            var isOnPath = path.IsEmpty || IsOnPath(ref reader, path, out rest);
            reader.Read();
            if (isOnPath)
            {
                if (Visit(ref reader, rest, ref test)) return true;
            }
            else
            {
                reader.Skip();
            }
        }

        return false;
    }

    private static bool IsOnPath(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (reader.ValueTextEquals(path)) return true;
        for (var dot = path.IndexOf((byte)'.'); dot >= 0;)
        {
            rest = path[(dot + 1)..];
            if (!rest.IsEmpty && reader.ValueTextEquals(path[..dot])) return true;
            var next = rest.IndexOf((byte)'.');
            dot = next < 0 ? -1 : dot + 1 + next;
        }

        return false;
    }

    /// <summary>Asks the value at which the reader stands; null is none.</summary>
    public static bool TestLeaf<TTest>(scoped ref Utf8JsonReader reader, ref TTest test)
        where TTest : IValueTest
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return test.Test(FieldValue.Of(reader.TokenType == JsonTokenType.True));
            case JsonTokenType.Number:
                if (reader.TryGetInt64(out var whole)) return test.Test(FieldValue.Of(whole));
                if (reader.TryGetDouble(out var real)) return test.Test(FieldValue.Of(real));
                return test.Test(FieldValue.Of(reader.ValueSpan));
            case JsonTokenType.String:
                if (reader.ValueIsEscaped) return TestEscaped(ref reader, ref test);
                return test.Test(FieldValue.Of(reader.ValueSpan));
            default:
                return false;
        }
    }

    private static bool TestEscaped<TTest>(scoped ref Utf8JsonReader reader, ref TTest test)
        where TTest : IValueTest
    {
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(rented);
            return test.Test(FieldValue.Of(rented.AsSpan(0, length)));
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is no text: what stands there is searched as it stands.
            return test.Test(FieldValue.Of(reader.ValueSpan));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
