namespace Culvert.Desktop;

/// <summary>What came of one WM_COPYDATA message.</summary>
/// <param name="Status">What happened, for programs.</param>
/// <param name="Answer">What the window answered; 0 when it did not.</param>
/// <param name="Message">What happened, in a sentence for a person.</param>
public readonly record struct CopyDataResult(CopyDataStatus Status, nint Answer, string Message);

/// <summary>What can come of it.</summary>
public enum CopyDataStatus
{
    /// <summary>The window handled it and answered with something else than 0.</summary>
    Delivered,

    /// <summary>The window answered with 0: it refused the message, or does not handle WM_COPYDATA.</summary>
    Refused,

    /// <summary>The window did not answer in time, or hangs. It may have handled the message, or may still: send
    /// something that can be recognised when it comes twice.</summary>
    TimedOut,

    /// <summary>There is no such window, or it was closed meanwhile.</summary>
    NoSuchWindow,

    /// <summary>The system keeps messages of this process from a window with more rights.</summary>
    NotAllowed,
}
