using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Gives a record of a batch what it has in the collector: position, arrival and source.</summary>
internal static class RecordViewExtensions
{
    public static StoredRecord ToStored(this scoped in RecordView view, ulong position, long observedNs,
        Source source) => new()
    {
        Position = position,
        TimeNs = view.TimeNs == 0 ? observedNs : view.TimeNs,
        ObservedNs = observedNs,
        Severity = view.Severity,
        Flags = view.Flags,
        Source = source,
        Trace = view.Trace,
        Template = view.Template,
        Logger = view.Logger,
        EventName = view.EventName,
        Body = view.Body,
        Attributes = view.Attributes,
    };
}
