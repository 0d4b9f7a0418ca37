using System.Diagnostics;
using System.Runtime.CompilerServices;
using Culvert.Journals;
using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Logging;

/// <summary>
/// The short way of a logger's calls into a journal: what all calls of one LoggerMessage share is there once, and a
/// call writes its time and its values. The collector makes the record, the same as the long way would have made. For
/// calls of plain values without exception, scopes and redaction; all others take the long way.
/// </summary>
/// <remarks>Any thread.</remarks>
internal sealed class ShapedCalls(JournalWriter journal, byte[] category)
{
    /// <summary>Most kinds of calls that a logger remembers; one that makes its own at run time must not fill the
    /// memory.</summary>
    private const int KnownMax = 1_024;

    private readonly Lock _lock = new();

    // Linear probing in an array that is replaced and never changed, so that it is read without a lock.
    private Known?[] _known = new Known?[4];
    private int _count;

    /// <summary>False, and then nothing was written, for a call that is not plain or finds no room.</summary>
    [SkipLocalsInit]
    public bool TryLog<TState>(
        Severity severity, long timeNs, EventId eventId, ref readonly TState state,
        Func<TState, Exception?, string> formatter)
    {
        if (StateReader<TState>.WriterFor(formatter) is not { } write) return false;
        var record = new ShapedRecordWriter(
            stackalloc byte[JournalLimits.ShapedBytesMax], severity, timeNs);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            record.Trace(activity.TraceId, activity.SpanId, activity.ActivityTraceFlags);
        var kind = write(in state, ref record);
        if (!record.IsWhole) return false;
        var known = Find(_known, kind, eventId) ?? Add(kind, eventId, state);
        return known.Number != 0 && journal.TryCommitShaped(severity, known.Number, record.Written);
    }

    private static Known? Find(Known?[] all, object kind, EventId eventId)
    {
        for (var i = RuntimeHelpers.GetHashCode(kind); ; i++)
        {
            var known = all[i & (all.Length - 1)];
            if (known is null || known.IsOf(kind, eventId)) return known;
        }
    }

    private Known Add<TState>(object kind, EventId eventId, TState state)
    {
        // Of one that is remembered no more, every call comes here: it must not wait for others. It only grows.
        if (Volatile.Read(ref _count) == KnownMax) return Known.None;
        lock (_lock)
        {
            if (Find(_known, kind, eventId) is { } other) return other;
            if (_count == KnownMax) return Known.None;
            var known = new Known(kind, eventId.Id, eventId.Name, Describe(kind, eventId, state));
            var all = new Known?[_count * 2 < _known.Length ? _known.Length : _known.Length * 2];
            foreach (var one in _known) Put(all, one);
            Put(all, known);
            _count++;

            // The partner is the read in TryLog: the array is filled before it is seen.
            Volatile.Write(ref _known, all);
            return known;
        }
    }

    private static void Put(Known?[] all, Known? known)
    {
        if (known is null) return;
        var i = RuntimeHelpers.GetHashCode(known.Kind);
        while (all[i & (all.Length - 1)] is not null) i++;
        all[i & (all.Length - 1)] = known;
    }

    /// <summary>The number of a new shape in the journal; 0 when these calls must go the long way.</summary>
    private uint Describe<TState>(object kind, EventId eventId, TState state)
    {
        var call = CallShape.Find(kind) ?? CallShape.Add(kind, (IReadOnlyList<KeyValuePair<string, object?>>)state!);
        if (call.Template is not { Literals: { } literals } template || literals.Length != call.Keys.Length + 1)
            return 0;
        var attributes = new RecordBuffer(64);
        var common = AttributeWriter.Begin(attributes);
        if (eventId.Id != 0) common.Add(LogAttributes.EventId, (long)eventId.Id);
        common.End();
        var shape = JournalShape.TryEncode(
            template.Utf8, category, eventId.Name, literals, call.Keys, attributes.Written);
        return shape is null ? 0 : journal.AddShape(shape);
    }

    private sealed record Known(object Kind, int EventId, string? EventName, uint Number)
    {
        public static Known None { get; } = new("", 0, null, 0);

        public bool IsOf(object kind, EventId eventId) =>
            ReferenceEquals(Kind, kind) && EventId == eventId.Id && EventName == eventId.Name;
    }
}
