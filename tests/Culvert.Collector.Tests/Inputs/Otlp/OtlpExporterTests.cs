using System.Diagnostics;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Tests.Inputs.Http;
using Culvert.Records;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace Culvert.Collector.Tests.Inputs.Otlp;

public sealed class OtlpExporterTests
{
    [Fact]
    public async Task Send_OpenTelemetrySdk_EveryRecordArrives()
    {
        await using var host = await InputHost.StartAsync();
        using (var factory = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("api", serviceVersion: "1.2"));
            options.AddOtlpExporter(exporter =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri(host.Address, OtlpInput.Path);
                exporter.ExportProcessorType = ExportProcessorType.Batch;
            });
        })))
        {
            var logger = factory.CreateLogger("Api.Orders");
            using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
            for (var i = 0; i < 1_000; i++) logger.LogWarning("line {Index} took {Ms} ms", i, 0.5);
            logger.LogError(new InvalidOperationException("no money"), "failed");
        }

        var records = host.Intake.Records;
        Assert.Equal(1_001, records.Count);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"line {i} took 0.5 ms"),
            records.Take(1_000).Select(record => record.Body));
        var first = records[0];
        Assert.Equal(Severity.Warn, first.Severity);
        Assert.Equal("line {Index} took {Ms} ms", first.Template);
        Assert.Equal("Api.Orders", first.Logger);
        Assert.Equal("api", first.Resource["service.name"]);
        Assert.Equal(0L, first.Attributes["Index"]);
        Assert.Equal(0.5, first.Attributes["Ms"]);
        Assert.Equal(50, first.Trace.Length);
        Assert.Equal("InvalidOperationException", records[1_000].Attributes["exception.type"]);
    }
}
