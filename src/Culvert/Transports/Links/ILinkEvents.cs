using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>Who is told when the state of a <see cref="ByteLink"/> changes. Any thread; calls may overlap.</summary>
internal interface ILinkEvents
{
    /// <summary>A receive may bring bytes or the end.</summary>
    void OnReadable();

    /// <summary>A send may find room.</summary>
    void OnWritable();

    /// <summary>Both, from one event: neither may wait for the other, since the user's code for one may
    /// block.</summary>
    void OnReadableAndWritable();

    /// <summary>The peer is gone, for this reason; told before the reader and the writer hear of it.</summary>
    void OnPeerGone(CloseKind kind, string message);
}
