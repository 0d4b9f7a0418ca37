using System.Diagnostics;

namespace Culvert.Cli.Bench.Transports;

/// <summary>Measures one line in turns with others, so that all meet the same noise; the first turn warms up.</summary>
/// <param name="line">What is measured; owned.</param>
/// <param name="peer">Its other side, where the line does not own that; owned.</param>
/// <param name="mode">pingpong or stream.</param>
/// <param name="size">Bytes of a message.</param>
internal sealed class BenchTurns(IBenchLine line, IAsyncDisposable? peer, string mode, int size) : IAsyncDisposable
{
    /// <summary>Bytes written before they are flushed together, as a program does that has more to send.</summary>
    private const int BatchBytes = 64 * 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);

    private readonly BenchMessage _message = new(size);
    private readonly List<double> _samples = new(1 << 20);
    private bool _isWarm;
    private bool _isWrong;
    private long _number;
    private long _streamed;
    private TimeSpan _streaming;

    /// <summary>Messages a second of a stream, or p50, p99 and p99.9 of a round trip in microseconds; null when an
    /// answer was wrong.</summary>
    public double[]? Figures()
    {
        if (_isWrong) return null;
        if (mode == "stream") return _streamed > 0 ? [_streamed / _streaming.TotalSeconds] : null;
        _samples.Sort();
        return _samples.Count > 0 ? [At(0.5), At(0.99), At(0.999)] : null;
    }

    public async Task RunAsync(double seconds)
    {
        if (_isWrong) return;
        if (!_isWarm)
        {
            _isWarm = true;
            await line.RunAsync(() => MeasureAsync(WarmUp)).ConfigureAwait(false);
            _samples.Clear();
            (_streamed, _streaming) = (0, default);
        }

        await line.RunAsync(() => MeasureAsync(TimeSpan.FromSeconds(seconds))).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await line.DisposeAsync().ConfigureAwait(false);
        if (peer is not null) await peer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task MeasureAsync(TimeSpan time) =>
        _isWrong |= !(mode == "stream"
            ? await StreamAsync(time).ConfigureAwait(false)
            : await PingPongAsync(time).ConfigureAwait(false));

    /// <summary>False when an answer was wrong.</summary>
    private async Task<bool> PingPongAsync(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        for (;; _number++)
        {
            var before = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(started, before) > time) return true;
            await line.AskAsync(_message.Get(_number)).ConfigureAwait(false);
            var after = Stopwatch.GetTimestamp();
            if (!line.TakeAnswer(_message, _number)) return false;
            _samples.Add(Stopwatch.GetElapsedTime(before, after).TotalMicroseconds);
        }
    }

    /// <summary>False when the other side did not get every message as it was sent.</summary>
    private async Task<bool> StreamAsync(TimeSpan time)
    {
        var batchCount = Math.Max(BatchBytes / size, 1);
        var started = Stopwatch.GetTimestamp();
        var before = _number;
        for (; Stopwatch.GetElapsedTime(started) < time; _number += batchCount)
        {
            await line.SendAsync(_message, _number, batchCount).ConfigureAwait(false);
        }

        var received = await line.EndAsync(_message).ConfigureAwait(false);
        _streaming += Stopwatch.GetElapsedTime(started);
        _streamed += _number - before;
        return received == _number;
    }

    private double At(double share) => _samples[(int)(_samples.Count * share)];
}
