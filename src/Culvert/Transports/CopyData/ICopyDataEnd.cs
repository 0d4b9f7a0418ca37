namespace Culvert.Transports.CopyData;

/// <summary>One end of a connection, found by its key. Called on the pump's thread: nothing here may wait.</summary>
internal interface ICopyDataEnd
{
    /// <summary>Handles a message from the window that the sender claims, and returns the answer.</summary>
    long OnMessage(in CopyDataMessage message, nint sender);

    void OnSignal(CopyDataSignal signal);
}
