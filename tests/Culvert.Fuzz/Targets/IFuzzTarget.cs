namespace Culvert.Fuzz.Targets;

/// <summary>A parser of bytes that come from a peer or a disk.</summary>
internal interface IFuzzTarget
{
    /// <summary>As it is given on the command line, and the name of its folder in <c>Inputs</c>.</summary>
    string Name { get; }

    /// <summary>Valid inputs made by our own writers; those of others lie in <c>Inputs</c>.</summary>
    IEnumerable<byte[]> Seeds => [];

    /// <summary>Words that the format gives a meaning to, which chance would hardly find.</summary>
    IEnumerable<string> Words => [];

    /// <summary>Parses the input and checks what must hold of the result. Whatever it throws is a finding. It has no
    /// state that makes the result depend on the inputs before.</summary>
    void Run(ReadOnlySpan<byte> input);
}
