namespace Culvert.Transports.CopyData;

/// <summary>The window of the other end, as far as a connection needs it. Any thread; calls may overlap.</summary>
internal interface ICopyDataWindow
{
    /// <summary>Sends a message and waits for the answer, for <see cref="CopyDataLimits.AnswerTimeoutMs"/> at
    /// most.</summary>
    CopyDataOutcome Send(ReadOnlySpan<byte> message, out long answer);

    /// <summary>Tells something in order with the messages, and waits for nothing.</summary>
    void Notify(CopyDataSignal signal, UInt128 key);
}

/// <summary>What came of sending to a window.</summary>
internal enum CopyDataOutcome
{
    /// <summary>The window answered.</summary>
    Answered,

    /// <summary>No answer in time. The message may have been handled, or may still be.</summary>
    TimedOut,

    /// <summary>There is no such window.</summary>
    NoWindow,

    /// <summary>The system does not let this process send to that window.</summary>
    NotAllowed,
}
