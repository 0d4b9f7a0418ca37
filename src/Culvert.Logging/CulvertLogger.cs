using System.Diagnostics;
using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Logging;

/// <summary>Encodes each call on its own thread and commits it to the journal or the shipper.</summary>
internal sealed class CulvertLogger : ILogger
{
    [ThreadStatic]
    private static bool _isInScope;

    private readonly CulvertLoggerProvider _provider;
    private readonly IRecordSink _sink;
    private readonly byte[] _resource;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly byte[] _category;
    private readonly ShapedCalls? _shaped;

    public CulvertLogger(CulvertLoggerProvider provider, string category)
    {
        _provider = provider;
        (_sink, _resource) = (provider.Route.Sink, provider.Route.Resource);
        _category = System.Text.Encoding.UTF8.GetBytes(category);
        if (provider.Redactor is null && _sink is JournalWriter journal) _shaped = new ShapedCalls(journal, _category);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _provider.Scopes?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.None) return;
        var severity = SeverityOf(logLevel);
        var timeNs = UnixTime.NowNs(_time);
        if (_shaped is not null && exception is null && !IsInScope()
            && _shaped.TryLog(severity, timeNs, eventId, in state, formatter)) return;
        LogWhole(severity, timeNs, eventId, state, exception, formatter);
    }

    private bool IsInScope()
    {
        if (_provider.Scopes is not { } scopes) return false;
        _isInScope = false;
        scopes.ForEachScope(static (_, _) => _isInScope = true, 0);
        return _isInScope;
    }

    private void LogWhole<TState>(
        Severity severity, long timeNs, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var call = LogCall.Rent();
        var scratch = RecordScratch.Rent();
        try
        {
            // What the program's objects do is guarded one by one, so that one that throws costs itself and not the
            // record.
            call.ReadState(state);
            _provider.Scopes?.ForEachScope(static (scope, reader) => reader.ReadScope(scope), call);
            if (_provider.Redactor is { } redactor) call.Redact(redactor);
            var body = call.Format(state, exception, formatter);
            if (!TryEncode(scratch, call, severity, timeNs, eventId, body, exception))
                EncodeHead(scratch, call, severity, timeNs, body);
            _sink.Commit(severity, _resource, scratch.Content);
        }
        finally
        {
            scratch.Return();
            call.Return();
        }
    }

    private bool TryEncode(
        RecordScratch scratch, LogCall call, Severity severity, long timeNs, EventId eventId, string? body,
        Exception? exception)
    {
        var record = scratch.Begin(severity, timeNs);
        WriteTrace(record);
        WriteNames(record, call, eventId.Name);
        WriteBody(record, call, body);
        var attributes = record.BeginAttributes();
        call.WriteAttributes(ref attributes, eventId, exception);
        attributes.End();
        return record.EndRecord(attributes.Truncated);
    }

    /// <summary>Of a record that is over the limit as a whole, keeps the message.</summary>
    private void EncodeHead(RecordScratch scratch, LogCall call, Severity severity, long timeNs, string? body)
    {
        var record = scratch.Begin(severity, timeNs);
        record.Logger(_category);
        WriteBody(record, call, body);
        var attributes = record.BeginAttributes();
        attributes.Add(LogAttributes.Note,
            $"The attributes were left out: the record was over {RecordLimits.RecordBytesMax} bytes.");
        attributes.End();
        record.EndRecord(truncated: true);
    }

    private void WriteNames(RecordBatchWriter record, LogCall call, string? eventName)
    {
        if (call.Shape?.Names(_category, eventName) is { } names)
        {
            record.Names(names);
            return;
        }

        if (call.Template is { } template) record.Template(template.Utf8);
        record.Logger(_category);
        if (eventName is not null) record.EventName(eventName);
    }

    private static void WriteBody(RecordBatchWriter record, LogCall call, string? body)
    {
        if (body is null) record.Body(call.Rendered);
        else record.Body(body);
    }

    private static void WriteTrace(RecordBatchWriter record)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } activity) return;
        Span<byte> ids = stackalloc byte[24];
        activity.TraceId.CopyTo(ids[..16]);
        activity.SpanId.CopyTo(ids[16..]);
        record.Trace(ids[..16], ids[16..], (byte)activity.ActivityTraceFlags);
    }

    private static Severity SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => Severity.Trace,
        LogLevel.Debug => Severity.Debug,
        LogLevel.Information => Severity.Info,
        LogLevel.Warning => Severity.Warn,
        LogLevel.Error => Severity.Error,
        LogLevel.Critical => Severity.Fatal,
        _ => Severity.Unspecified,
    };
}
