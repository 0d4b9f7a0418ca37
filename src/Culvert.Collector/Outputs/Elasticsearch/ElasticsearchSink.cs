using System.Collections.Concurrent;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Spool;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>
/// Writes records to Elasticsearch or OpenSearch: batches of documents that are made with their identity as id, a few
/// requests at once. A record is confirmed when the server says that it has it, or that it had it already; what it
/// refuses for good is confirmed as a dead letter. Everything else is tried again for as long as it takes.
/// </summary>
internal sealed class ElasticsearchSink : IOutputSink
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly ElasticsearchSinkOptions _options;
    private readonly OutputStatus _status;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly DeliveryWindow _window = new(BulkLimits.RecordsUnderWayMax);
    private readonly EntryRecords _records = new();
    private readonly ElasticsearchDocument _document = new();
    private readonly Dictionary<long, DayIndex> _days = [];
    private readonly ConcurrentDictionary<BulkBatch, Task> _sending = new();
    private readonly ConcurrentBag<BulkBatch> _spare = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room;
    private readonly BatchSize _size;
    private readonly AsyncSignal _changed;
    private readonly BulkSender _sender;
    private BulkBatch _current = new();
    private ElasticsearchClient? _client;
    private long? _unknownDay;
    private int _waiting;
    private volatile Exception? _failure;

    public ElasticsearchSink(
        ElasticsearchSinkOptions options, IDeadLetters letters, OutputStatus status, ILogger logger, TimeProvider time)
    {
        (_options, _status, _logger, _time) = (options, status, logger, time);
        _room = new SemaphoreSlim(options.RequestsMax);
        _size = new BatchSize(options.BatchBytesMax);
        _changed = new AsyncSignal(time);
        _sender = new BulkSender(letters, _size, Trouble, Stored, time);
    }

    public ulong Confirmed => _window.Confirmed;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _client = new ElasticsearchClient(_options.Client());
            var flavour = await _client.DetectAsync(cancellationToken).ConfigureAwait(false);
            await new ElasticsearchSetup(_client, flavour, _options.Prefix).EnsureTemplateAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ElasticsearchException exception)
        {
            throw new OutputException(exception.Message, exception);
        }
    }

    public int Write(in SpoolEntry entry, int first)
    {
        Check();
        var records = _records.From(entry, first);
        for (var index = first; records.MoveNext(); index++)
        {
            var record = records.Current;
            var day = DayIndex.DayOf(record.TimeNs);
            if (!_days.TryGetValue(day, out var dayIndex))
            {
                _unknownDay = day;
                return index;
            }

            if ((_current.Bytes >= _size.Bytes || !_current.Takes(dayIndex)) && !TrySend()) return index;
            if (!_window.TryAdd(record.Position)) return index;
            _current.Add(dayIndex, records.Producer, records.Sequence, record, _document);
        }

        return entry.RecordCount;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (_unknownDay is { } day)
        {
            await LearnAsync(day, cancellationToken).ConfigureAwait(false);
            _unknownDay = null;
            return;
        }

        if (_current.Items.Count > 0) await SendAsync(cancellationToken).ConfigureAwait(false);
        else await WaitAsync(BulkLimits.RecordsUnderWayMax / 2, cancellationToken).ConfigureAwait(false);
        Check();
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_current.Items.Count > 0) await SendAsync(cancellationToken).ConfigureAwait(false);
        await WaitAsync(1, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sending.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client?.Dispose();
        _document.Dispose();
        _current.Dispose();
        foreach (var batch in _spare) batch.Dispose();
        _room.Dispose();
        _stop.Dispose();
    }

    private bool TrySend()
    {
        if (!_room.Wait(0, CancellationToken.None)) return false;
        Begin();
        return true;
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        Begin();
    }

    /// <summary>Hands the batch to a request of its own, for which there is room.</summary>
    private void Begin()
    {
        var batch = _current;
        foreach (var index in batch.Indices)
        {
            if (index.Numbers.TakeNews(out var count, out var names))
                OutputLog.NumbersLeftOut(_logger, _options.Output, index.Text, count, names);
        }

        _current = _spare.TryTake(out var spare) ? spare : new BulkBatch();
        _sending[batch] = Task.Run(() => RunAsync(batch), CancellationToken.None);
    }

    private async Task RunAsync(BulkBatch batch)
    {
        try
        {
            await _sender.SendAsync(_client!, batch, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What is not confirmed stays in the spool.
        }
        catch (Exception exception)
        {
            // Whatever it was: the output begins anew, and says what is wrong.
            _failure ??= exception;
        }

        _sending.TryRemove(batch, out _);
        batch.Clear();
        _spare.Add(batch);
        _room.Release();
        _changed.Set();
    }

    private void Stored(ulong position)
    {
        if (_window.Deliver(position) <= Volatile.Read(ref _waiting)) _changed.Set();
    }

    private void Trouble(string sentence)
    {
        _status.CountRetry();
        if (_status.Trouble(sentence)) OutputLog.Failed(_logger, _options.Output, sentence);
    }

    /// <summary>Asks which numeric fields the index of the day has; what cannot be asked is not there.</summary>
    private async ValueTask LearnAsync(long day, CancellationToken cancellationToken)
    {
        var index = new DayIndex(DayIndex.NameOf(_options.Prefix, day));
        var delay = BulkSender.NewDelay();
        while (true)
        {
            string sentence;
            try
            {
                var answer = await _client!.GetAsync(index.MappingPath, cancellationToken).ConfigureAwait(false);
                if (answer.IsSuccess)
                {
                    using var document = answer.Json();
                    index.Learn(document.RootElement);
                }

                if (answer.Status is < 500 and not 429 and not 401) break;
                sentence = ElasticsearchErrors.Refused(answer, "tell the fields of an index").Message;
            }
            catch (ElasticsearchException exception)
            {
                sentence = exception.Message;
            }

            Trouble(sentence);
            await Task.Delay(delay.Next(), _time, cancellationToken).ConfigureAwait(false);
        }

        if (_days.Count >= BulkLimits.DaysKnownMax) _days.Clear();
        _days[day] = index;
    }

    private async ValueTask WaitAsync(int below, CancellationToken cancellationToken)
    {
        // Partner of Stored, which looks at it after it counted: one of the two sees the other.
        Volatile.Write(ref _waiting, below - 1);
        using var woken = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _changed);
        while (_window.Count >= below)
        {
            Check();
            cancellationToken.ThrowIfCancellationRequested();
            await _changed.WaitAsync(LookAfter).ConfigureAwait(false);
        }

        Check();
    }

    private void Check()
    {
        if (_failure is { } failure) throw new OutputException(failure.Message, failure);
    }
}
