using System.Text.Json;
using Culvert.Cli.Bench;
using Microsoft.Extensions.Logging;
using NLog.Extensions.Logging;
using NLog.Targets;
using NLog.Targets.Wrappers;
using OpenTelemetry;
using OpenTelemetry.Logs;
using Serilog;
using Serilog.Extensions.Logging;

// Measures other logging libraries as `culvert bench log` measures AddCulvert, one JSON object a line. Each is set up
// as its manual shows for files; OpenTelemetry with its batching processor and an exporter that forgets, so that what
// is measured is the call.
var folder = Directory.CreateTempSubdirectory("culvert-peers-").FullName;
try
{
    using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
    {
        options.IncludeFormattedMessage = true;
        options.AddProcessor(new BatchLogRecordExportProcessor(new ForgettingExporter()));
    })))
        await MeasureAsync("OpenTelemetry .NET, batch", loggers);

    var serilog = new LoggerConfiguration().WriteTo.File(Path.Combine(folder, "serilog.txt")).CreateLogger();
    using (var loggers = new LoggerFactory([new SerilogLoggerProvider(serilog, dispose: true)]))
        await MeasureAsync("Serilog, file", loggers);

    var configuration = new NLog.Config.LoggingConfiguration();
    var file = new FileTarget { FileName = Path.Combine(folder, "nlog.txt"), KeepFileOpen = true };
    configuration.AddRuleForAllLevels(new AsyncTargetWrapper(file));
    using (var nlog = new NLog.LogFactory { Configuration = configuration })
    {
        using var loggers = new LoggerFactory([new NLogLoggerProvider(new NLogProviderOptions(), nlog)]);
        await MeasureAsync("NLog, async file", loggers, nlog.Flush);
    }

    Console.WriteLine("end");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static async Task MeasureAsync(string subject, ILoggerFactory loggers, Action? flush = null)
{
    var figures = await LogCallMeter.MeasureAsync(loggers.CreateLogger("Culvert.Bench"), 1, () =>
    {
        flush?.Invoke();
        return Task.CompletedTask;
    });
    var line = new Dictionary<string, object> { ["subject"] = subject };
    foreach (var (name, value) in figures.Columns) line[name] = value;
    Console.WriteLine(JsonSerializer.Serialize(line));
}

internal sealed class ForgettingExporter : BaseExporter<LogRecord>
{
    public override ExportResult Export(in Batch<LogRecord> batch) => ExportResult.Success;
}
