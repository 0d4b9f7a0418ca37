namespace Culvert.Transports.Linux;

/// <summary>
/// How a Unix socket's output ended, said by one out-of-band byte before the end. Programs that do not ask for it
/// never see
/// it: the kernel takes it out of the stream. Without one (a foreign or dead peer) the end is judged by the socket's
/// state and by whether the process still lives.
/// </summary>
internal enum CloseMarker : byte
{
    None = 0,

    /// <summary>The peer completed its output and still reads.</summary>
    Completed = (byte)'E',

    /// <summary>The peer closed.</summary>
    Closed = (byte)'C',

    /// <summary>The peer aborted: what it sent may be incomplete.</summary>
    Aborted = (byte)'A',
}
