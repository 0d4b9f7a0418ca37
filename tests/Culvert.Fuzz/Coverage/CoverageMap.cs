namespace Culvert.Fuzz.Coverage;

/// <summary>
/// Which edges between blocks of code an input took, and how often, in the manner of AFL
/// (https://lcamtuf.coredump.cx/afl/technical_details.txt): a byte for each pair of blocks, by hash.
/// </summary>
/// <remarks>The code under test calls <see cref="Hit"/>; <see cref="Instrumenter"/> put the calls there. One
/// thread.</remarks>
public static class CoverageMap
{
    private const int Size = 1 << 16;
    private static readonly byte[] Counts = new byte[Size];
    private static readonly byte[] Seen = new byte[Size];
    private static int _previous;

    /// <summary>Edges that any input took so far.</summary>
    public static int EdgeCount { get; private set; }

    /// <summary>Called at the begin of each block of code.</summary>
    public static void Hit(int block)
    {
        Counts[(block ^ _previous) & (Size - 1)]++;
        _previous = block >> 1;
    }

    /// <summary>Forgets the input before.</summary>
    public static void Begin()
    {
        Array.Clear(Counts);
        _previous = 0;
    }

    /// <summary>Whether the input took an edge that none took before, or one in a new order of magnitude.</summary>
    public static bool IsNew()
    {
        var isNew = false;
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(Counts);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0) continue;
            for (var i = word * sizeof(ulong); i < (word + 1) * sizeof(ulong); i++)
            {
                var magnitude = Magnitude(Counts[i]);
                if ((Seen[i] | magnitude) == Seen[i]) continue;
                if (Seen[i] == 0) EdgeCount++;
                Seen[i] |= magnitude;
                isNew = true;
            }
        }

        return isNew;
    }

    private static byte Magnitude(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
