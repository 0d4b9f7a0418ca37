using Culvert.Journals;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Journals;

/// <summary>
/// Drains the journals of this user's programs: of those that run, while they run, and of those that died, once. See
/// docs/journal.md.
/// </summary>
/// <remarks>One loop for all journals. A program makes no system call for a record, so nothing can wake the loop: it
/// looks at each journal by one read, often while records come and seldom while none do.</remarks>
internal sealed class JournalInput : IInput
{
    private readonly InputContext _context;
    private readonly string _folder;
    private readonly string? _inMemory;
    private readonly ILogger _logger;
    private readonly AsyncSignal _signal;
    private readonly InFlightBudget _budget = new();
    private readonly Dictionary<string, JournalDrain> _drains = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftAlone = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<JournalStep>? _onStep;
    private Task _loop = Task.CompletedTask;
    private Task? _stopping;
    private string? _memoryProblem;
    private bool _isFolderUsed;
    private long _sweptAt;

    /// <param name="context">Of the input.</param>
    /// <param name="folder">Where the journals are.</param>
    /// <param name="inMemory">Where they are too, when a program has made that folder, which lies where every user may
    /// make names. The collector makes none, so that one that is killed leaves none.</param>
    /// <param name="onStep">Told of each step: tests end the process there.</param>
    public JournalInput(
        InputContext context, string folder, string? inMemory = null, Action<JournalStep>? onStep = null)
    {
        (_context, _folder, _inMemory, _onStep) = (context, folder, inMemory, onStep);
        _logger = context.Loggers.CreateLogger<JournalInput>();
        _signal = new AsyncSignal(context.Time);
    }

    /// <summary>Whether a folder that cannot be used is no reason not to start: nobody asked for it.</summary>
    public bool IsOptional { get; init; }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => [];

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (JournalFolder.Unsupported is { } reason)
        {
            JournalLog.NotHere(_logger, Name, reason);
            return ValueTask.CompletedTask;
        }

        try
        {
            JournalFolder.Prepare(_folder);
            _isFolderUsed = true;
            JournalLog.Reading(_logger, Name, _folder);
        }
        catch (JournalException exception) when (IsOptional)
        {
            JournalLog.NoFolder(_logger, Name, exception.Message);
            if (_inMemory is null) return ValueTask.CompletedTask;
        }

        Sweep();
        if (_inMemory is not null)
        {
            // That of this collector, too: it removes what programs began there and died over.
            JournalFolder.RemoveEmptyInMemory();
            JournalLog.Reading(_logger, Name, _inMemory);
        }

        _loop = Task.Run(RunAsync, CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _signal.Set();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(false);
        await (_stopping ??= Task.WhenAll(_drains.Values.Select(drain => drain.StopAsync(cancellationToken))))
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var drain in _drains.Values) drain.Dispose();
        _drains.Clear();
        if (_inMemory is not null && JournalFolder.Problem(_inMemory) is null) JournalFolder.RemoveIfEmpty(_inMemory);
    }

    private IReadOnlyList<string> JournalsInMemory()
    {
        if (_inMemory is null) return [];
        var problem = JournalFolder.ProblemIfThere(_inMemory);

        // Programs meet the same, and take the disk. Said once, until it is another.
        if (problem is not null && problem != _memoryProblem) JournalLog.NoMemory(_logger, Name, problem);
        _memoryProblem = problem;
        return problem is null ? JournalFolder.Journals(_inMemory) : [];
    }

    private async Task RunAsync()
    {
        var (scannedAt, cameAt) = (0L, 0L);
        var isFirst = true;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (isFirst || _context.Time.GetElapsedTime(scannedAt) >= JournalInputLimits.ScanInterval)
                {
                    (isFirst, scannedAt) = (false, _context.Time.GetTimestamp());
                    await ScanAsync().ConfigureAwait(false);
                }

                if (await TurnAsync().ConfigureAwait(false))
                {
                    cameAt = _context.Time.GetTimestamp();
                    continue;
                }

                await _signal.WaitAsync(PauseAfter(_context.Time.GetElapsedTime(cameAt))).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                JournalLog.Failed(_logger, Name, exception);
                await _signal.WaitAsync(InputLimits.AcceptRetry).ConfigureAwait(false);
            }
        }
    }

    private TimeSpan PauseAfter(TimeSpan silence)
    {
        if (_drains.Count == 0) return JournalInputLimits.ScanInterval;
        return silence < JournalInputLimits.BusyFor ? JournalInputLimits.BusyPause : JournalInputLimits.IdlePause;
    }

    /// <summary>Finds new journals, and removes those of dead programs that are drained.</summary>
    private async ValueTask ScanAsync()
    {
        if (_context.Time.GetElapsedTime(_sweptAt) >= JournalInputLimits.SweepInterval) Sweep();
        var onDisk = _isFolderUsed ? JournalFolder.Journals(_folder) : [];
        foreach (var path in onDisk.Concat(JournalsInMemory()))
        {
            if (_drains.Count >= JournalInputLimits.JournalsMax) break;
            if (!_drains.ContainsKey(path) && !_leftAlone.Contains(path)) Begin(path);
        }

        foreach (var drain in _drains.Values.ToArray()) await GuardAsync(drain, FinishAsync).ConfigureAwait(false);
    }

    private void Sweep()
    {
        if (_isFolderUsed) JournalFolder.RemoveUnfinished(_folder);
        _sweptAt = _context.Time.GetTimestamp();
    }

    private void Begin(string path)
    {
        try
        {
            if (JournalReader.TryOpen(path, _onStep) is { } reader)
            {
                _drains.Add(path, new JournalDrain(_context, reader, _budget, _signal.Set));
                JournalLog.Began(_logger, Name, path, reader.ProcessId);
            }
            else if (File.Exists(path) && IsToTell(path))
            {
                // Tried again: on Windows another program may hold it for a moment.
                JournalLog.NotOurs(_logger, Name, path);
            }
        }
        catch (JournalException exception)
        {
            PutAside(path, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            OnUnreadable(path, exception);
        }
    }

    /// <summary>What keeps a journal from being read is said once, and tried again at each look.</summary>
    private bool IsToTell(string path) => _told.Count < JournalInputLimits.JournalsMax && _told.Add(path);

    /// <summary>Its disk fails, or another program has locked a part of it.</summary>
    private void OnUnreadable(string path, Exception exception)
    {
        if (IsToTell(path)) JournalLog.CannotRead(_logger, Name, path, exception.Message);
    }

    private async ValueTask<bool> FinishAsync(JournalDrain drain)
    {
        if (!drain.IsFinished() || !drain.TryRemove()) return false;
        await drain.StopAsync(CancellationToken.None).ConfigureAwait(false);
        JournalLog.Drained(_logger, Name, drain.Path, drain.Abandoned);
        Forget(drain);
        return true;
    }

    private async ValueTask<bool> TurnAsync()
    {
        var any = false;
        foreach (var drain in _drains.Values.ToArray())
            any |= await GuardAsync(drain, one => one.TurnAsync(_stop.Token)).ConfigureAwait(false);
        return any;
    }

    /// <summary>Works on one journal. One that turns out to be damaged is put aside, one that cannot be read now is
    /// begun anew at the next look; neither stops another.</summary>
    private async ValueTask<bool> GuardAsync(JournalDrain drain, Func<JournalDrain, ValueTask<bool>> work)
    {
        try
        {
            var any = await work(drain).ConfigureAwait(false);
            if (drain.Refusal is null || _stop.IsCancellationRequested) return any;

            // The journal stays as it is until the next start, which reads it again from where it says.
            _leftAlone.Add(drain.Path);
            await drain.StopAsync(CancellationToken.None).ConfigureAwait(false);
            InputLog.Refused(_logger, Name, drain.Refusal);
            Forget(drain);
            return false;
        }
        catch (JournalException exception)
        {
            await drain.StopAsync(_stop.Token).ConfigureAwait(false);
            Forget(drain);
            PutAside(drain.Path, exception.Message);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await drain.StopAsync(_stop.Token).ConfigureAwait(false);
            Forget(drain);
            OnUnreadable(drain.Path, exception);
            return false;
        }
    }

    private void Forget(JournalDrain drain)
    {
        _drains.Remove(drain.Path);
        drain.Dispose();
    }

    private void PutAside(string path, string reason)
    {
        if (!File.Exists(path)) return;
        try
        {
            JournalLog.PutAside(_logger, Name, JournalFolder.PutAside(path), reason);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody holds it, or something else has the other name. It stays where it is and keeps no other from
            // being read.
            _leftAlone.Add(path);
            JournalLog.PutAside(_logger, Name, path, reason);
        }
    }
}
