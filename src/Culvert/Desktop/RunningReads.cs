using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>Reads streams of other processes, whose calls end when those processes answer or end, and not
/// before.</summary>
[SupportedOSPlatform("windows")]
internal static class RunningReads
{
    /// <summary>How many programs that do not answer may each hold a thread.</summary>
    private const int CallsMax = 8;

    private static readonly SemaphoreSlim Calls = new(CallsMax);

    public static async Task<byte[]?> ReadAsync(
        string item, RunningValueOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        try
        {
            await Calls.WaitAsync(deadline.Token).ConfigureAwait(false);
            return await Task.Run(() => Read(item, options.BytesMax), CancellationToken.None)
                .WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectionException(
                ConnectionError.TimedOut,
                $"The program that publishes '{item}' did not answer within {options.Timeout}; see if it hangs.");
        }
        catch (COMException e)
        {
            throw new ConnectionException(
                ConnectionError.Closed, $"The program that publishes '{item}' ended meanwhile: {e.Message}", e);
        }
    }

    private static byte[]? Read(string item, int bytesMax)
    {
        try
        {
            using var found = RunningObjects.Find(item);
            if (found.Pointer == 0) return null;
            return ComStream.Read(found, bytesMax + ValueLayout.ValueOffset) ?? throw new ConnectionException(
                ConnectionError.ProtocolViolation,
                $"What is registered as '{item}' is no stream; see who registers it.");
        }
        finally
        {
            Calls.Release();
        }
    }
}
