namespace Culvert.Transports.CopyData;

/// <summary>Opens the sections of the process on the other side.</summary>
internal interface ICopyDataSections
{
    /// <summary>Maps a section that the peer names, or returns null when it cannot be had.</summary>
    ICopyDataSection? TryOpen(ulong handle, int bytes);
}

/// <summary>A section of the peer, which may write to it at any time.</summary>
internal interface ICopyDataSection : IDisposable
{
    ReadOnlySpan<byte> Bytes { get; }
}
