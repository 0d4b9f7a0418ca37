using System.Buffers.Binary;
using System.Text;

namespace Culvert.Fuzz.Engine;

/// <summary>Changes an input by chance: bits, bytes, numbers that are limits somewhere, blocks, words of the format,
/// and halves of other inputs.</summary>
internal sealed class InputMutator(Random random, IEnumerable<string> words)
{
    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1000, 1024, 4096, 32767, 32768, 65535,
        65536, 1 << 20, 1 << 24, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
    ];

    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    /// <param name="input">Is not changed.</param>
    /// <param name="other">Another input, of which parts may be taken.</param>
    public byte[] Change(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var changes = random.Next(1, FuzzLimits.ChangesMax + 1); changes > 0; changes--) ChangeOnce(bytes, other);
        if (bytes.Count > FuzzLimits.InputBytesMax)
            bytes.RemoveRange(FuzzLimits.InputBytesMax, bytes.Count - FuzzLimits.InputBytesMax);
        return [.. bytes];
    }

    private void ChangeOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(8) == 0 ? random.Next(1, 1024) : random.Next(1, 9), bytes.Count - at);
        switch (random.Next(11))
        {
            case 0 or 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3 when at < bytes.Count:
                bytes[at] += (byte)random.Next(-9, 10);
                break;
            case 4:
                Overwrite(bytes, at, Number());
                break;
            case 5:
                bytes.InsertRange(at, Number());
                break;
            case 6:
                bytes.RemoveRange(at, length);
                break;
            case 7:
                // Repeated, so that lists and nesting grow.
                var part = bytes.GetRange(at, length);
                for (var times = random.Next(1, 5); times > 0; times--) bytes.InsertRange(at, part);
                break;
            case 8 when _words.Length > 0:
                bytes.InsertRange(at, _words[random.Next(_words.Length)]);
                break;
            case 9 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..random.Next(from, other.Length)]);
                break;
            case 10 when other.Length > 0:
                // The head of this one and the tail of the other.
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length)..]);
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }

    private byte[] Number()
    {
        var number = Numbers[random.Next(Numbers.Length)] + random.Next(-1, 2);
        var bytes = new byte[sizeof(long)];
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        switch (random.Next(6))
        {
            case 0: return bytes[..1];
            case 1: return bytes[..2];
            case 2: return bytes[..4];
            case 3: return bytes;
            case 4: return Varint((ulong)number);
            default: return Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7) bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] number)
    {
        bytes.RemoveRange(at, Math.Min(number.Length, bytes.Count - at));
        bytes.InsertRange(at, number);
    }
}
