using System.Buffers;
using System.Text;

namespace Culvert.Transports.StandardStreams;

/// <summary>Cuts lines out of bytes.</summary>
internal static class LogLine
{
    /// <summary>Takes the next line off the front, without its end, or the next piece of one that is too long; null
    /// when more bytes must come first. Bytes that are no UTF-8 become U+FFFD.</summary>
    public static string? TryTake(ref ReadOnlySequence<byte> bytes, int bytesMax, bool isLast)
    {
        var end = bytes.PositionOf((byte)'\n');
        var length = end is { } position ? bytes.Slice(0, position).Length : bytes.Length;
        if (length > bytesMax)
        {
            var piece = Encoding.UTF8.GetString(bytes.Slice(0, bytesMax));
            bytes = bytes.Slice(bytesMax);
            return piece;
        }

        if (end is null && (!isLast || bytes.IsEmpty)) return null;
        var line = bytes.Slice(0, length);
        bytes = end is { } at ? bytes.Slice(bytes.GetPosition(1, at)) : bytes.Slice(bytes.End);
        var text = Encoding.UTF8.GetString(line);
        return text.EndsWith('\r') ? text[..^1] : text;
    }
}
