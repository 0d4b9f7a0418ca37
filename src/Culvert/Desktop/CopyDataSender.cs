using System.Runtime.Versioning;
using Culvert.Transports.CopyData;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>Sends WM_COPYDATA to windows of programs that know nothing of Culvert.</summary>
[SupportedOSPlatform("windows")]
public static class CopyDataSender
{
    /// <summary>
    /// Sends one message and waits for the answer, at most <see cref="CopyDataSendOptions.Timeout"/>. Any thread; calls
    /// may overlap. What can be expected to happen is in the result; it throws for bad arguments and elsewhere than on
    /// Windows.
    /// </summary>
    /// <param name="target">Which window.</param>
    /// <param name="tag">The number in dwData, by which the receiver tells kinds of messages apart.</param>
    /// <param name="bytes">What to send, at most 64 MiB; must not change until the call is over.</param>
    /// <param name="options">Timeout and named sender.</param>
    /// <param name="cancellationToken">Stops before the message is sent; a message on its way is waited for, since the
    /// window may have it already.</param>
    public static async ValueTask<CopyDataResult> SendAsync(
        CopyDataTarget target, nuint tag, ReadOnlyMemory<byte> bytes, CopyDataSendOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        DesktopOnly.Check("WM_COPYDATA");
        options ??= new();
        options.Check();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, DesktopLimits.BytesMax, nameof(bytes));

        // On a thread of the pool: the wait is the system's and cannot be awaited.
        return await Task.Run(() => Send(target, tag, bytes, options), cancellationToken).ConfigureAwait(false);
    }

    private static CopyDataResult Send(
        CopyDataTarget target, nuint tag, ReadOnlyMemory<byte> bytes, CopyDataSendOptions options)
    {
        var window = target.Find();
        if (window == 0) return NoSuchWindow(target);
        return SendTo(window, tag, bytes.Span, options, out var answer) switch
        {
            CopyDataOutcome.Answered when answer != 0 => new(
                CopyDataStatus.Delivered, (nint)answer, $"Delivered to {target}."),
            CopyDataOutcome.Answered => new(
                CopyDataStatus.Refused, 0, $"The window refused: {target} answered with 0."),
            CopyDataOutcome.TimedOut => new(
                CopyDataStatus.TimedOut, 0,
                $"No answer of {target} within {options.Timeout}; it may have the message all the same."),
            CopyDataOutcome.NotAllowed => new(
                CopyDataStatus.NotAllowed, 0,
                $"The system keeps this process's messages from {target}, which has more rights; run both alike."),
            _ => NoSuchWindow(target),
        };
    }

    private static unsafe CopyDataOutcome SendTo(
        nint window, nuint tag, ReadOnlySpan<byte> bytes, CopyDataSendOptions options, out long answer)
    {
        fixed (byte* pointer = bytes)
        {
            var data = new User32.CopyData { Tag = tag, Length = (uint)bytes.Length, Bytes = pointer };
            var timeoutMs = (int)Math.Ceiling(options.Timeout.TotalMilliseconds);
            return SystemWindow.Send(window, options.SenderWindow, &data, timeoutMs, out answer);
        }
    }

    private static CopyDataResult NoSuchWindow(CopyDataTarget target) =>
        new(CopyDataStatus.NoSuchWindow, 0, $"There is no such window: {target}; start its program first.");
}
