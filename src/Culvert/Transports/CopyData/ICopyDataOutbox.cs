using System.Buffers;

namespace Culvert.Transports.CopyData;

/// <summary>The section through which one end sends what is large.</summary>
internal interface ICopyDataOutbox : IDisposable
{
    /// <summary>The peer has mapped it.</summary>
    bool IsOffered { get; set; }

    /// <summary>Makes the section if it is not there yet; its handle, or null when there is no memory for it.</summary>
    ulong? TryCreate();

    /// <summary>Writes to its beginning; false after it was disposed of, which may happen at the same time.</summary>
    bool TryWrite(in ReadOnlySequence<byte> bytes);
}
