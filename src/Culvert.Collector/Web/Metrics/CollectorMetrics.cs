using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Records;
using Culvert.Collector.Outputs;
using Culvert.Collector.Web.Api;

namespace Culvert.Collector.Web.Metrics;

/// <summary>What /metrics says: the ledger, the sizes on disk, the process and the HTTP side.</summary>
internal static class CollectorMetrics
{
    public static string Write(LedgerSnapshot ledger, CollectorSizes sizes, HttpCounters http)
    {
        var text = new MetricsText();
        WriteLedger(text, ledger);
        WriteOutputs(text, ledger);
        WriteSizes(text, sizes);
        WriteHttp(text, http);
        return text.ToString();
    }

    private static void WriteLedger(MetricsText text, LedgerSnapshot ledger)
    {
        text.Family("culvert_records_received_total", "counter", "Records that reached the collector, by input.");
        foreach (var input in ledger.Inputs) text.Sample(input.Received, ("input", input.Name));
        text.Family("culvert_records_duplicate_total", "counter", "Records that had come before, by input.");
        foreach (var input in ledger.Inputs) text.Sample(input.Duplicates, ("input", input.Name));
        text.Family("culvert_records_dropped_total", "counter", "Records that were not kept, by input and reason.");
        foreach (var input in ledger.Inputs)
        {
            foreach (var (reason, count) in input.Dropped)
                text.Sample(count, ("input", input.Name), ("reason", LedgerJson.Name(reason)));
        }

        text.Family("culvert_records_mended_total", "counter",
            "Records kept otherwise than they came, by input and reason.");
        foreach (var input in ledger.Inputs)
        {
            foreach (var (reason, count) in input.Mended)
                text.Sample(count, ("input", input.Name), ("reason", LedgerJson.Name(reason)));
        }

        text.Family("culvert_requests_refused_total", "counter",
            "Requests over HTTP that an input refused whole, by input and status.");
        foreach (var input in ledger.Inputs)
        {
            foreach (var (status, count) in input.RefusedRequests)
                text.Sample(count, ("input", input.Name), ("status", status.ToString(CultureInfo.InvariantCulture)));
        }

        text.Family("culvert_records_spooled_total", "counter", "Records made durable, by input.");
        foreach (var input in ledger.Inputs) text.Sample(input.Spooled, ("input", input.Name));
        text.Family(
            "culvert_source_records_received_total", "counter", "Records that reached the collector, by program.");
        foreach (var source in ledger.Sources) text.Sample(source.Received, ("source", source.Name));
        var lost = ledger.Producers.Aggregate(ledger.ForgottenProducers.Lost, (sum, producer) => sum + producer.Lost);
        text.Single(
            "culvert_records_lost_total", "counter", "Records that programs numbered and that never came.", lost);
        text.Family(
            "culvert_records_shed_total", "counter", "Records dropped because the disk was short, by level.");
        for (var level = 0; level < ledger.ShedByLevel.Count; level++)
            text.Sample(ledger.ShedByLevel[level], ("level", LevelText.NameOfLevel(level)));
        text.Single(
            "culvert_ledger_balanced", "gauge", "1 while every sum of the ledger adds up.", ledger.Balanced ? 1 : 0);
    }

    private static void WriteOutputs(MetricsText text, LedgerSnapshot ledger)
    {
        text.Family("culvert_output_records_stored_total", "counter", "Records that an output has taken.");
        foreach (var output in ledger.Outputs) text.Sample(output.Stored, ("output", output.Name));
        text.Family("culvert_output_records_waiting", "gauge", "Records that an output has yet to take.");
        foreach (var output in ledger.Outputs) text.Sample(output.Waiting, ("output", output.Name));
        text.Family("culvert_output_records_expired_total", "counter",
            "Records deleted by age or size before an output took them.");
        foreach (var output in ledger.Outputs) text.Sample(output.Expired, ("output", output.Name));
        text.Family("culvert_output_records_damaged_total", "counter",
            "Records that could not be read from the disk any more.");
        foreach (var output in ledger.Outputs) text.Sample(output.Damaged, ("output", output.Name));
        text.Family("culvert_output_running", "gauge", "1 while an output delivers or has nothing to deliver.");
        foreach (var output in ledger.Outputs)
            text.Sample(output.Status?.State == OutputState.Running ? 1 : 0, ("output", output.Name));
        text.Family("culvert_output_retries_total", "counter", "How often an output began anew after a failure.");
        foreach (var output in ledger.Outputs) text.Sample(output.Status?.Retries ?? 0, ("output", output.Name));
        text.Family("culvert_output_records_rejected_total", "counter",
            "Records that the other side of an output refused for good, by reason; they are dead letters.");
        foreach (var output in ledger.Outputs)
        {
            foreach (var (reason, count) in output.Status?.RejectedByReason ?? [])
                text.Sample(count, ("output", output.Name), ("reason", reason));
        }
    }

    private static void WriteSizes(MetricsText text, CollectorSizes sizes)
    {
        text.Single("culvert_spool_bytes", "gauge", "Size of the spool on disk.", sizes.SpoolBytes);
        text.Single("culvert_store_bytes", "gauge", "Size of the store on disk.", sizes.StoreBytes);
        text.Single("culvert_store_damaged_blocks_total", "counter", "Blocks found damaged since the start.",
            sizes.DamagedBlocks);
        text.Single("process_resident_memory_bytes", "gauge", "Memory of the process.", Environment.WorkingSet);
        text.Single("process_cpu_seconds_total", "counter", "CPU time of the process.",
            Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    private static void WriteHttp(MetricsText text, HttpCounters http)
    {
        text.Family("culvert_http_requests_total", "counter", "Requests answered, by class of status.");
        for (var i = 1; i <= 5; i++) text.Sample(http.Requests(i), ("status", $"{i}xx"));
        text.Family("culvert_http_refusals_total", "counter", "Requests refused at the door, by reason.");
        foreach (var reason in Enum.GetValues<RefusalReason>())
            text.Sample(http.Refusals(reason), ("reason", reason.ToString().ToLowerInvariant()));
        text.Single("culvert_http_requests_active", "gauge", "Requests under way.", http.Active);
        text.Single("culvert_http_tails", "gauge", "Live tails that are open.", http.Tails);
        text.Family("culvert_http_request_duration_seconds", "histogram",
            "How long answers took, live tails included.");
        Span<long> counts = stackalloc long[HttpCounters.DurationBounds.Length + 1];
        for (var i = 0; i < counts.Length; i++) counts[i] = http.Durations(i);
        text.Histogram(HttpCounters.DurationBounds, counts, http.DurationSum.TotalSeconds);
    }
}

/// <summary>Sizes that only the composition knows.</summary>
internal readonly record struct CollectorSizes(long SpoolBytes, long StoreBytes, long DamagedBlocks);
