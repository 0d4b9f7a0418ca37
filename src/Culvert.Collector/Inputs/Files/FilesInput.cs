using System.Collections.Concurrent;
using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// Follows files through rename, truncation and deletion. A record's identity is the file's random producer, its
/// generation and the offset behind the record, so a position may lag behind: what is read twice is a duplicate that
/// the intake removes. Together they make exactly once, as long as the file lives.
/// </summary>
/// <remarks>One loop does everything, one turn for each file that has something; nothing is read while the intake is
/// slow or full.</remarks>
internal sealed class FilesInput : IInput
{
    private readonly InputContext _context;
    private readonly FilesOptions _options;
    private readonly ILogger _logger;
    private readonly Dictionary<FileId, FileTail> _tails = [];
    private readonly TailBuffer _buffer = new();
    private readonly TailSink _sink;
    private readonly TailPipeline _pipeline;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ConcurrentQueue<string> _changed = [];
    private FileStateLog? _states;
    private FileScanner? _scanner;
    private FolderWatch? _watch;
    private Task _loop = Task.CompletedTask;
    private long _scannedAt;
    private long _savedAt;
    private volatile bool _scanNow = true;
    private bool _saidCannotSave;

    public FilesInput(InputContext context, FilesOptions options)
    {
        _context = context;
        _options = options;
        _logger = context.Loggers.CreateLogger<FilesInput>();
        _pipeline = new TailPipeline(context, AttributeWriter.Encode([new("input", context.Name)]))
        {
            Done = batch => _sink!.Return(batch),
        };
        _sink = new TailSink(context, _pipeline.Give);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => _options.Patterns;

    public int FileCount => _tails.Count;

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Open();
        _watch = new FolderWatch(_scanner!.Globs, NoteChanged, NoteAppeared, _logger);
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _watch?.Dispose();
        foreach (var tail in _tails.Values) tail.Dispose();
        _tails.Clear();
        _states?.Dispose();
    }

    /// <summary>Reads the state; the first thing that <see cref="StartAsync"/> does.</summary>
    internal void Open()
    {
        var forgetBefore = UnixTime.NowNs(_context.Time) - FilesLimits.PositionKeptFor.Ticks * 100;
        _states = FileStateLog.Open(_options.StateFile, forgetBefore);
        _scanner = new FileScanner(_context, _options, _states.States);
    }

    /// <summary>Scans, reads every file to its end, waits until all is durable, and saves the positions. What the loop
    /// does again and again.</summary>
    internal async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        bool hasMore;
        do
        {
            ScanIfDue();
            hasMore = await ReadRoundAsync(cancellationToken).ConfigureAwait(false);
            if (_context.Time.GetElapsedTime(_savedAt) >= FilesLimits.SaveInterval) Save();
        }
        while (hasMore && !_pipeline.IsStopping);
        await _pipeline.DrainAsync(cancellationToken).ConfigureAwait(false);
        if (_pipeline.IsStopping) return;
        foreach (var tail in _tails.Values) tail.Settle();
        Leave();
        Save();
    }

    /// <summary>Lets the next pass go through the patterns, whatever the time.</summary>
    internal void ScanNext() => _scanNow = true;

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested && !_pipeline.IsStopping)
        {
            try
            {
                await PassAsync(_stop.Token).ConfigureAwait(false);
                await WaitAsync(_options.PollInterval).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // A file system that fails now may work later; the others must not wait for a restart.
                _logger.Failed(e);
                await Task.Delay(FilesLimits.FullRetryDelay, _context.Time, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await FinishAsync().ConfigureAwait(false);
    }

    // Batches that were given are waited for, so that their positions need not be read again.
    private async Task FinishAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _context.Time);
        try
        {
            await _pipeline.DrainAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The disk is full, or slow: the positions stay behind, and what is read again is recognised.
        }

        Save();
    }

    private async ValueTask WaitAsync(TimeSpan time)
    {
        using var delay = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var timer = Task.Delay(time, _context.Time, delay.Token);
        await Task.WhenAny(timer, _wake.WaitAsync(delay.Token)).ConfigureAwait(false);
        await delay.CancelAsync().ConfigureAwait(false);
    }

    private void ScanIfDue()
    {
        if (!_scanNow && _context.Time.GetElapsedTime(_scannedAt) < _options.ScanInterval) return;
        _scanNow = false;
        _scanner!.Scan(_tails);
        _scannedAt = _context.Time.GetTimestamp();
    }

    /// <summary>Gives every file that has something one turn; true when one has more.</summary>
    private async ValueTask<bool> ReadRoundAsync(CancellationToken cancellationToken)
    {
        var paths = TakeChanged();
        if (!Register()) return false;
        var hasMore = false;
        var now = _context.Time.GetTimestamp();
        foreach (var tail in _tails.Values)
        {
            if (tail.PollAt > now && !paths.Contains(tail.Path)) continue;
            await _pipeline.MakeRoomAsync(cancellationToken).ConfigureAwait(false);
            if (_pipeline.IsStopping) return false;
            _sink.Use(tail);
            if (tail.HasMore()) hasMore |= tail.Read(_sink, _buffer);
            if (!tail.NeedsSaving) tail.WriteDue(_sink, _buffer, _options.PartialTimeout);
            Schedule(tail);
        }

        return hasMore;
    }

    private void Schedule(FileTail tail)
    {
        var isBusy = tail.IsHolding || _context.Time.GetElapsedTime(tail.ChangedAt) < FilesLimits.BusyFor;
        var wait = isBusy ? TimeSpan.Zero : FilesLimits.IdlePollInterval;
        tail.PollAt = _context.Time.GetTimestamp() + (long)(wait.TotalSeconds * _context.Time.TimestampFrequency);
        if (!isBusy) tail.Trim();
    }

    /// <summary>Makes the identity of new files durable before a record bears it: otherwise a crash would give the same
    /// lines another identity, and they would be there twice.</summary>
    private bool Register()
    {
        var anew = _tails.Values.Where(tail => tail.NeedsSaving).ToArray();
        if (anew.Length == 0) return true;
        if (!Save()) return false;
        foreach (var tail in anew) tail.NeedsSaving = false;
        return true;
    }

    private bool Save()
    {
        _savedAt = _context.Time.GetTimestamp();
        var now = UnixTime.NowNs(_context.Time);
        try
        {
            foreach (var tail in _tails.Values)
            {
                if (!tail.IsDirty) continue;
                _states!.Set(tail.ToState(now));
                tail.IsDirty = false;
            }

            _states!.Flush();
            _saidCannotSave = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_saidCannotSave) _logger.CannotSave(_options.StateFile, e.Message);
            _saidCannotSave = true;
            return false;
        }
    }

    /// <summary>Lets go of files that are gone, once they are read to their end and silent.</summary>
    private void Leave()
    {
        foreach (var tail in _tails.Values)
        {
            var isGone = tail.IsDeleted || tail.FoundInScan != _scanner!.Count;
            if (!isGone || tail.IsHolding) continue;
            var kept = tail.IsDeleted ? FilesLimits.DeletedKeptFor : FilesLimits.RenamedKeptFor;
            if (_context.Time.GetElapsedTime(tail.ChangedAt) < kept) continue;
            _logger.Left(tail.Path, tail.Position);
            if (tail.IsDeleted) _states!.Set(tail.ToState(0) with { Path = "" });
            else _scanner!.Remember(tail.ToState(UnixTime.NowNs(_context.Time)));
            _tails.Remove(tail.Id);
            tail.Dispose();
        }
    }

    private HashSet<string> TakeChanged()
    {
        var paths = new HashSet<string>();
        while (_changed.TryDequeue(out var path)) paths.Add(path);
        return paths;
    }

    private void NoteChanged(string path)
    {
        if (_changed.Count < FilesLimits.FilesMax) _changed.Enqueue(path);
        Wake();
    }

    private void NoteAppeared()
    {
        _scanNow = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread was faster; it is awake.
        }
    }
}
