namespace Culvert.Transports.Links;

/// <summary>What a <see cref="ByteLink"/> whose mechanism keeps messages apart can tell and do beside its
/// bytes.</summary>
internal interface IMessageLink
{
    /// <summary>The link is in the mode that keeps messages apart.</summary>
    bool HasMessages { get; }

    /// <summary>From now on boundaries are kept; the action is called by <see cref="ByteLink.Receive"/> when a message
    /// without bytes came, of which a reader of bytes hears nothing.</summary>
    void KeepMessages(Action emptyReceived);

    /// <summary>The length of the oldest message whose last byte was received by
    /// <see cref="ByteLink.Receive"/>. By the reader alone.</summary>
    bool TryTakeMessage(out long bytes);

    /// <summary>Takes the oldest message if it has no bytes. By the reader alone.</summary>
    bool TryTakeEmpty();

    /// <summary>Sends a message of no bytes; nothing may be under way. False when the peer is gone.</summary>
    bool SendEmpty();
}
