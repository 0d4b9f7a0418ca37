namespace Culvert.Transports.CopyData;

/// <summary>Why a client gets no connection. The numbers are part of the protocol.</summary>
internal enum CopyDataRefusal : ulong
{
    /// <summary>The listener is gone.</summary>
    Stopped = 1,

    /// <summary>The client's user is not admitted.</summary>
    NotAllowed = 2,
}
