namespace Culvert.Fuzz.Engine;

/// <summary>Limits of a run.</summary>
internal static class FuzzLimits
{
    /// <summary>The longest input, in bytes. Parsers that cut at a length have it set lower.</summary>
    public const int InputBytesMax = 16 * 1024;

    /// <summary>Inputs kept because each took a new way through the code.</summary>
    public const int CorpusInputsMax = 4_096;

    /// <summary>Changes made to one input, at most.</summary>
    public const int ChangesMax = 6;

    /// <summary>Runs spent on making a finding smaller.</summary>
    public const int ShrinkRunsMax = 4_000;

    /// <summary>Memory that a worker may use, in hexadecimal bytes (1 GiB): more is a finding.</summary>
    public const string HeapHardLimit = "40000000";

    /// <summary>An input that takes longer is a finding.</summary>
    public static readonly TimeSpan InputTimeMax = TimeSpan.FromSeconds(10);
}
