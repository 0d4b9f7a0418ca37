using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>
/// Follows new documents in the order in which the collectors received their records. Documents do not become visible
/// in that order: a bulk request may be sent again, and several collectors write. So what lies a while before the
/// newest is counted at every look, and read again where it became more; what was given is remembered by its place.
/// </summary>
/// <remarks>A cursor is a time: from it on, records are given (again).</remarks>
internal sealed class ElasticsearchTail : ISearchTail
{
    private readonly ElasticsearchQueries _queries;
    private readonly LogQuery _query;
    private readonly QueryBounds _bounds;
    private readonly PeriodicTimer _timer;
    private readonly SortedSet<HitPlace> _given = [];
    private readonly long _beginNs;
    private HitPlace? _last;
    private long _floorNs;
    private int _size = ElasticsearchLimits.HitCountFirst;
    private bool _isPrimed;

    public ElasticsearchTail(ElasticsearchQueries queries, LogQuery query, ulong cursor, TimeProvider time)
    {
        (_queries, _query) = (queries, query);
        _bounds = QueryTranslator.Translate(query);
        _beginNs = (long)Math.Min(cursor, long.MaxValue);
        _timer = new PeriodicTimer(ElasticsearchLimits.TailLookInterval, time);
    }

    public ulong Cursor => _last is { } last ? (ulong)last.Ns + 1 : (ulong)_beginNs;

    /// <summary>Records that were received together have one time, so from it on they are given again.</summary>
    public ulong CursorBehind(in StoredRecord record) => (ulong)Math.Max(0, record.ObservedNs);

    /// <summary>Asked once, at the beginning: later everything is still there to be read, however slow the reader
    /// is.</summary>
    public async ValueTask<ulong> SkipAsync(CancellationToken cancellationToken)
    {
        if (_isPrimed) return 0;
        _isPrimed = true;
        await PrimeAsync(cancellationToken);
        var clause = Arrived(_beginNs, long.MaxValue);
        var waiting = (ulong)await _queries.CountAsync(clause, cancellationToken);
        if (waiting <= SearchLimits.TailBehindMax) return 0;
        var newest = await _queries.HitsAsync(
            clause, HitOrder.LatestArrival, null, (int)SearchLimits.TailResumeBehind, cancellationToken);
        if (newest.Records.Length == 0) return 0;
        _last = HitOrder.Arrival.PlaceOf(newest.Records[^1].Record);
        _floorNs = _last.Value.Ns + 1;
        return waiting - (ulong)newest.Records.Length;
    }

    public async ValueTask<bool> ReadAsync(RecordVisitor visit, CancellationToken cancellationToken)
    {
        var page = await _queries.HitsAsync(
            _last is null ? Arrived(_beginNs, long.MaxValue) : _bounds.Upper, HitOrder.Arrival, _last, _size,
            cancellationToken);
        _size = ElasticsearchQueries.NextSize(page);
        foreach (var record in page.Records) Give(record.Record, visit);
        if (page.Records.Length > 0)
        {
            _last = HitOrder.Arrival.PlaceOf(page.Records[^1].Record);
            Forget();
        }

        return !page.IsLast || await ReadLateAsync(visit, cancellationToken);
    }

    public async ValueTask WaitAsync(CancellationToken cancellationToken) =>
        await _timer.WaitForNextTickAsync(cancellationToken);

    public void Dispose() => _timer.Dispose();

    private string Arrived(long fromNs, long toNs) =>
        Dsl.And(TimeClause.Of(ElasticsearchFields.Observed, fromNs, toNs), _bounds.Upper);

    /// <summary>What is there before the beginning is not new.</summary>
    private async Task PrimeAsync(CancellationToken cancellationToken)
    {
        _floorNs = Math.Max(0, _beginNs - ElasticsearchLimits.TailOverlapNs);
        if (_beginNs == 0) return;
        await _queries.VisitAsync(
            Arrived(_floorNs, _beginNs), HitOrder.LatestArrival, null,
            (in StoredRecord record) =>
            {
                _given.Add(HitOrder.Arrival.PlaceOf(record));
                return _given.Count < ElasticsearchLimits.TailPrimeMax;
            },
            cancellationToken);
        if (_given.Count >= ElasticsearchLimits.TailPrimeMax) _floorNs = _given.Min.Ns + 1;
        Forget();
    }

    /// <summary>Gives what became visible behind our back; false when there was nothing.</summary>
    private async Task<bool> ReadLateAsync(RecordVisitor visit, CancellationToken cancellationToken)
    {
        var endNs = (long)Cursor;
        if (endNs <= _floorNs) return false;
        var clause = Arrived(_floorNs, endNs);
        if (await _queries.CountAsync(clause, cancellationToken) <= _given.Count) return false;
        var isAny = false;
        await _queries.VisitAsync(
            clause, HitOrder.Arrival, null,
            (in StoredRecord record) =>
            {
                isAny |= Give(record, visit);
                return true;
            },
            cancellationToken);
        Forget();
        return isAny;
    }

    private bool Give(in StoredRecord record, RecordVisitor visit)
    {
        if (!_given.Add(HitOrder.Arrival.PlaceOf(record))) return false;
        if (_bounds.IsExact || _query.Matches(record)) visit(record);
        return true;
    }

    /// <summary>Keeps what lies in the overlap, and no more than memory should hold: the floor rises with it.</summary>
    private void Forget()
    {
        _floorNs = Math.Max(_floorNs, (long)Cursor - ElasticsearchLimits.TailOverlapNs);
        while (_given.Count > ElasticsearchLimits.TailGivenMax)
        {
            _floorNs = Math.Max(_floorNs, _given.Min.Ns + 1);
            _given.RemoveWhere(place => place.Ns < _floorNs);
        }

        while (_given.Count > 0 && _given.Min.Ns < _floorNs) _given.Remove(_given.Min);
    }
}
