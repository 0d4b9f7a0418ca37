namespace Culvert.Transports.CopyData;

/// <summary>What a message is. The numbers are part of the protocol.</summary>
internal enum CopyDataKind : byte
{
    /// <summary>To a listener: a client asks for a connection.</summary>
    Hello = 1,

    /// <summary>To the window that the client claims: answers with the number if it did ask.</summary>
    Challenge = 2,

    /// <summary>Bytes of the stream.</summary>
    Data = 3,

    /// <summary>Names the section that the sender's bulk stands in.</summary>
    Section = 4,

    /// <summary>Bytes of the stream, in the section.</summary>
    Bulk = 5,
}
