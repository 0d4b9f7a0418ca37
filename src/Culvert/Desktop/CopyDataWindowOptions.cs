namespace Culvert.Desktop;

/// <summary>How a <see cref="CopyDataWindow"/> is found and how it answers.</summary>
public sealed class CopyDataWindowOptions
{
    /// <summary>Class by which other programs find the window, 1 to 255 characters. Default
    /// <c>Culvert.CopyData</c>.</summary>
    public string ClassName { get; init; } = "Culvert.CopyData";

    /// <summary>Title by which other programs find the window. Default: none.</summary>
    public string? Title { get; init; }

    /// <summary>Longest message, in bytes; a longer one is refused. Default 1 MiB, range 1 to 64 MiB. Raising it lets
    /// any program of this desktop make this one copy and hold more.</summary>
    public int BytesMax { get; init; } = DesktopLimits.BytesDefault;

    /// <summary>Messages held for the reader; the next one is refused. Default 64, range 1 to 4,096.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>How long a sender is kept waiting for <see cref="CopyDataReceived.TryAnswer"/>. Default zero: every
    /// message that is taken is answered at once with <see cref="Answer"/>. At most 4 s; meanwhile every other sender
    /// waits too.</summary>
    public TimeSpan AnswerTimeout { get; init; }

    /// <summary>What is answered to a message that is taken when the program gives no answer of its own in time.
    /// Default 1, which senders take for TRUE. What is refused is answered with 0.</summary>
    public nint Answer { get; init; } = 1;

    /// <summary>Takes messages of programs with fewer rights too, which the system otherwise keeps from this window.
    /// Default false: who sends cannot be proved, and this removes the only check there is.</summary>
    public bool AdmitsLowerIntegrity { get; init; }

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(ClassName);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            ClassName.Length, DesktopLimits.NameLengthMax, nameof(ClassName));
        ArgumentOutOfRangeException.ThrowIfLessThan(BytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BytesMax, DesktopLimits.BytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(QueueLength, DesktopLimits.QueueLengthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(AnswerTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AnswerTimeout, DesktopLimits.AnswerTimeoutMax);
    }
}
