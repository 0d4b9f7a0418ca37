using System.Globalization;
using Culvert.Collector.Configuration;
using Culvert.Shipping;

namespace Culvert.Cli.Sending;

/// <summary>Says how the sending goes: on a terminal all the time, in a pipe only when the collector goes away or comes
/// back, and at the end once.</summary>
internal sealed class SendProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>A restart of the collector is over in less, and not worth a word.</summary>
    private static readonly TimeSpan AwayBeforeSaid = TimeSpan.FromSeconds(1);

    private readonly LogShipper _shipper;
    private readonly string _to;
    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly TimeSpan? _patience;
    private readonly CancellationTokenSource _gaveUp = new();
    private readonly long _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _awaySince;
    private bool _saidAway;
    private ulong _acknowledged;
    private long _stuckSince;

    /// <param name="shipper">Whose sending it is.</param>
    /// <param name="to">Where to.</param>
    /// <param name="patience">Longest time without an acknowledgement while records wait; null is without
    /// limit.</param>
    /// <param name="output">Where it is said.</param>
    /// <param name="isTerminal">Whether a person looks on.</param>
    public SendProgress(LogShipper shipper, string to, TimeSpan? patience, TextWriter output, bool isTerminal)
    {
        (_shipper, _to, _patience, _output, _isTerminal) = (shipper, to, patience, output, isTerminal);
        _startedAt = shipper.Time.GetTimestamp();
        _running = RunAsync();
    }

    /// <summary>Cancelled when the patience is over.</summary>
    public CancellationToken GaveUp => _gaveUp.Token;

    /// <summary>Prints the last line. True when everything was acknowledged.</summary>
    public async Task<bool> FinishAsync(bool isRead)
    {
        await StopAsync();
        var statistics = _shipper.Statistics;
        var seconds = _shipper.Time.GetElapsedTime(_startedAt).TotalSeconds;
        if (_isTerminal) _output.Write("\r\e[K");
        _output.WriteLine(
            $"culvert send: {Count(statistics.Acknowledged)} records acknowledged by {_to} in {seconds:0.0} s" +
            $" ({Count((ulong)(statistics.Acknowledged / Math.Max(seconds, 0.001)))} a second)");
        var missing = statistics.Undelivered + statistics.Dropped;
        if (missing > 0) _output.WriteLine(
            $"culvert send: {Count(missing)} records were read and not acknowledged; send them again.");
        if (!isRead) _output.WriteLine("culvert send: The input was not read to its end.");
        return isRead && missing == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _gaveUp.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _shipper.Time);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            var statistics = _shipper.Statistics;
            NoteState(statistics);
            await NoteStandstillAsync(statistics);
            if (!_isTerminal) continue;
            var seconds = _shipper.Time.GetElapsedTime(_startedAt).TotalSeconds;
            _output.Write(
                $"\r\e[K{Count(statistics.Produced)} read, {Count(statistics.Sent)} sent, "
                + $"{Count(statistics.Acknowledged)} acknowledged, " +
                $"{Count((ulong)(statistics.Acknowledged / seconds))}/s");
        }
    }

    private void NoteState(LogShipperStatistics statistics)
    {
        if (statistics.Problem is null)
        {
            if (_saidAway) Say($"The collector at {_to} is back.");
            (_saidAway, _awaySince) = (false, 0);
            return;
        }

        if (_awaySince == 0) _awaySince = _shipper.Time.GetTimestamp();
        if (_saidAway || _shipper.Time.GetElapsedTime(_awaySince) < AwayBeforeSaid) return;
        _saidAway = true;
        var limit = _patience is null ? "Ctrl-C gives up" : $"it gives up after {DurationText.Format(_patience.Value)}";
        Say($"No collector at {_to}; waiting for one. {statistics.Problem} Start one with culvert up; {limit}.");
    }

    private async Task NoteStandstillAsync(LogShipperStatistics statistics)
    {
        var isWaiting = statistics.Produced > statistics.Acknowledged + statistics.Dropped;
        if (!isWaiting || statistics.Acknowledged != _acknowledged || _stuckSince == 0)
            (_acknowledged, _stuckSince) = (statistics.Acknowledged, _shipper.Time.GetTimestamp());
        if (_patience is not { } patience || _gaveUp.IsCancellationRequested
            || _shipper.Time.GetElapsedTime(_stuckSince) < patience) return;
        Say($"Nothing was acknowledged by {_to} for {DurationText.Format(patience)}, so it gives up.");
        await _gaveUp.CancelAsync();
    }

    private void Say(string sentence) => _output.WriteLine($"{(_isTerminal ? "\r\e[K" : "")}culvert send: {sentence}");

    private static string Count(ulong number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
