namespace Culvert.Desktop;

/// <summary>Every limit of the exchanges over the desktop, in one place.</summary>
public static class DesktopLimits
{
    /// <summary>Most bytes that one exchange may be set to carry: 64 MiB. The system copies them while both programs
    /// wait.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Bytes that one exchange carries unless it is set otherwise: 1 MiB.</summary>
    public const int BytesDefault = 1024 * 1024;

    /// <summary>Messages that a window may be set to hold for its reader.</summary>
    public const int QueueLengthMax = 4096;

    /// <summary>Longest name of a window class or of a clipboard format, in characters; the system's limit.</summary>
    public const int NameLengthMax = 255;

    /// <summary>Longest time a window may be set to wait for its program's answer: the system takes a window that is
    /// silent for 5 s for hung.</summary>
    public static readonly TimeSpan AnswerTimeoutMax = TimeSpan.FromSeconds(4);

    /// <summary>Longest time a sender may be set to wait.</summary>
    public static readonly TimeSpan SendTimeoutMax = TimeSpan.FromMinutes(1);
}
