namespace Culvert.Records;

/// <summary>Reads the primitives of <see cref="RecordLayout"/> from bytes that nobody vouches for.</summary>
internal static class RecordBytes
{
    public static bool TryReadString(
        ReadOnlySpan<byte> source, scoped ref int position, int bytesMax, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Varint.TryRead(source, ref position, out var length)) return false;
        if (length > (ulong)bytesMax || length > (ulong)(source.Length - position)) return false;
        value = source.Slice(position, (int)length);
        position += (int)length;
        return true;
    }

    public static bool TryReadCount(ReadOnlySpan<byte> source, scoped ref int position, int max, out int count)
    {
        count = 0;
        // A limit below zero is one of an empty list: no number is within it.
        if (!Varint.TryRead(source, ref position, out var value) || max < 0 || value > (ulong)max) return false;
        count = (int)value;
        return true;
    }
}
