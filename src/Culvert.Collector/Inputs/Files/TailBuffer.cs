namespace Culvert.Collector.Inputs.Files;

/// <summary>The memory in which files are read, one after the other.</summary>
internal sealed class TailBuffer
{
    public byte[] Text = [];
    public byte[] Log = [];

    public byte[] Bytes { get; } = new byte[FilesLimits.GuardBytes + FilesLimits.TurnBytes];
}
