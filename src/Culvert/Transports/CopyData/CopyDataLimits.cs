namespace Culvert.Transports.CopyData;

/// <summary>Every limit of <c>copydata://</c>, in one place.</summary>
internal static class CopyDataLimits
{
    /// <summary>Longest name of a listener, in characters.</summary>
    public const int NameLengthMax = 64;

    /// <summary>Payload bytes in one WM_COPYDATA message at most; what is larger goes through a section. The system
    /// copies a message once more in between: 64 KiB went 2.5 times as fast through a section.</summary>
    public const int PayloadBytesMax = 16 * 1024;

    /// <summary>Bytes of a section, and so of the largest single transfer.</summary>
    public const int SectionBytes = 512 * 1024;

    /// <summary>Bytes of one direction that wait for the reader; the peer's writer waits beyond.</summary>
    public const int QueueBytesMax = 1024 * 1024;

    /// <summary>A writer that waits is told of room when this much is free: each telling costs a message.</summary>
    public const int RoomBytesMin = QueueBytesMax / 2;

    /// <summary>How long one try waits for the peer's window to answer. Its pump only copies, so more than this is a
    /// peer that is stopped or starved; the bytes are then tried again from elsewhere.</summary>
    public const int AnswerTimeoutMs = 250;

    /// <summary>Pauses between two tries of a peer that does not answer.</summary>
    public static readonly TimeSpan RetryPauseMin = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest of these pauses.</summary>
    public static readonly TimeSpan RetryPauseMax = TimeSpan.FromSeconds(1);

    /// <summary>How long a listener tries to reach the window that a client claims.</summary>
    public static readonly TimeSpan ChallengeMax = TimeSpan.FromSeconds(5);

    /// <summary>How long a process may live on when its windows are gone: one that ends loses these first.</summary>
    public static readonly TimeSpan WindowlessMax = TimeSpan.FromSeconds(2);
}
