using System.Globalization;
using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The measuring side of <see cref="BareCopyData"/>: each turn has a thread and a window of its own, and every
/// call ends before it returns.</summary>
[SupportedOSPlatform("windows")]
internal sealed class BareCopyDataLine(BenchPeer peer, nint peerWindow) : IBenchLine
{
    private nint _window;
    private nint _count;

    public static async Task<IBenchLine> OpenAsync(string mode, int size)
    {
        var answers = mode == "pingpong" ? "true" : "false";
        var peer = await BenchPeer.StartAsync(
            BareCopyData.CommandName, size.ToString(CultureInfo.InvariantCulture), answers).ConfigureAwait(false);
        BareCopyData.Expect(size);
        return new BareCopyDataLine(peer, nint.Parse(peer.Said, CultureInfo.InvariantCulture));
    }

    public Task RunAsync(Func<Task> turn)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                _window = BareCopyData.Open();
                turn().GetAwaiter().GetResult();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
            finally
            {
                User32.DestroyWindow(_window);
            }
        }).Start();
        return done.Task;
    }

    public ValueTask AskAsync(ReadOnlyMemory<byte> message)
    {
        _ = BareCopyData.Send(peerWindow, _window, message.Span);
        return default;
    }

    public bool TakeAnswer(BenchMessage message, long number)
    {
        var answer = BareCopyData.TakeReceived();
        return answer.Length == message.Size && message.Matches(answer, number);
    }

    public ValueTask SendAsync(BenchMessage message, long first, int count)
    {
        for (var i = 0; i < count; i++) _count = BareCopyData.Send(peerWindow, _window, message.Get(first + i).Span);
        return default;
    }

    /// <summary>Each message was answered with the number of all.</summary>
    public ValueTask<long> EndAsync(BenchMessage message) => new(_count);

    public ValueTask DisposeAsync() => peer.DisposeAsync();
}
