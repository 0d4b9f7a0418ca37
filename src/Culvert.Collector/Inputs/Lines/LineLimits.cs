using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>Every limit of reading lines, in one place.</summary>
internal static class LineLimits
{
    /// <summary>Longest line unless an option says otherwise, in bytes: as long as the longest body. Of a longer one
    /// the head is kept, the rest is skipped up to the line's end.</summary>
    public const int LineBytesMax = RecordLimits.StringBytesMax;

    /// <summary>How deep the objects of a JSON line may nest; a deeper one is kept as plain text.</summary>
    public const int JsonDepthMax = 64;

    /// <summary>Longest name of a key or level that is looked up, in bytes; a longer one is none of the
    /// well-known.</summary>
    public const int WordBytesMax = 32;

    /// <summary>How far into a plain line its level is looked for, in bytes.</summary>
    public const int LevelHeadBytesMax = 128;

    /// <summary>How many words of a plain line are looked at for its level.</summary>
    public const int LevelWordsMax = 6;

    /// <summary>Most lines joined into one record; a stack overflow prints thousands, and the rest begins a new
    /// record.</summary>
    public const int JoinedLinesMax = 1_000;

    /// <summary>Most bytes joined into one record; what does not fit begins a new one, so that nothing is
    /// cut.</summary>
    public const int JoinedBytesMax = RecordLimits.StringBytesMax;

    /// <summary>How long a line is held for lines that continue it.</summary>
    public static readonly TimeSpan JoinWait = TimeSpan.FromMilliseconds(300);
}
