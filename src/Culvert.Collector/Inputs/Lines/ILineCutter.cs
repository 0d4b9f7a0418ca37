namespace Culvert.Collector.Inputs.Lines;

/// <summary>Cuts a stream of bytes into the texts of records; see <see cref="LineSplitter"/>, whose contract all
/// keep.</summary>
internal interface ILineCutter
{
    /// <summary>Cuts the next text off <paramref name="chunk"/>; false when all of it was taken and no further one is
    /// complete.</summary>
    bool TryRead(ref ReadOnlySpan<byte> chunk, out SplitLine line);

    /// <summary>What is left at the end of the stream.</summary>
    bool TryReadRest(out SplitLine line);
}
