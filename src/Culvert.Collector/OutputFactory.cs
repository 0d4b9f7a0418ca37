using Culvert.Collector.Configuration;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Elasticsearch;
using Culvert.Collector.Outputs.Files;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Outputs.Relay;
using Culvert.Collector.Store;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector;

/// <summary>Makes an output from its part of the configuration.</summary>
internal static class OutputFactory
{
    /// <summary>Below the data folder: what the outputs' other sides refused for good.</summary>
    public const string DeadLettersFolder = "deadletters";

    public static IOutput Create(
        ConfiguredObject configured, CollectorData data, ILoggerFactory loggers, TimeProvider time)
    {
        if (configured.Type == StoreOutput.Type)
        {
            var writer = StoreWriter.Open(data.StoreOptions, loggers.CreateLogger<StoreWriter>(), time);
            return new StoreOutput(
                writer, data.Spool, loggers.CreateLogger<StoreOutput>(), time, configured.Name);
        }

        var status = new OutputStatus(configured.Name, configured.Type, time);
        var logger = loggers.CreateLogger<SpoolPump>();
        var letters = new DeadLetterFolder(Path.Combine(data.Folder, DeadLettersFolder), status, logger, time);
        var self = new RelaySelf(data.Id, RelaySelf.MemberOf(configured.Name), data.Ledger);
        return new SpoolPump(status, Sink(configured, status, letters, self, logger, time), data.Spool, logger, time);
    }

    /// <summary>Sends the content of a dead letter again to its output; throws <see cref="OutputException"/> when that
    /// is not possible or it is refused again.</summary>
    public static Task ResendAsync(
        CollectorConfiguration configuration, KeptLetter letter, CancellationToken cancellationToken)
    {
        var configured = configuration.Outputs.FirstOrDefault(output => output.Name == letter.From)
            ?? throw new OutputException($"There is no output '{letter.From}' any more; write it into culvert.json.");
        if (configured.Type != letter.Type)
        {
            throw new OutputException(
                $"The output '{letter.From}' is of the type {configured.Type} now, and was {letter.Type} when it was "
                + "refused; write an output of that name and type into culvert.json.");
        }

        return configured.Type == "kafka"
            ? MessageReplay.SendAsync(KafkaOptionsOf(configured), letter, cancellationToken)
            : DocumentReplay.SendAsync(ElasticsearchClientOptionsOf(configured), letter, cancellationToken);
    }

    private static KafkaSinkOptions KafkaOptionsOf(ConfiguredObject configured) => new()
    {
        Output = configured.Name,
        Brokers = string.Join(',', configured.Texts("brokers")),
        Topic = configured.Text("topic"),
        TopicOfLevel = configured.Map("topicOfLevel"),
        TopicOfService = configured.Map("topicOfService"),
        Compression = configured.Text("compression"),
        AsJson = configured.Text("format") == "json",
        Settings = configured.Map("librdkafka"),
    };

    private static ElasticsearchSinkOptions ElasticsearchOptionsOf(ConfiguredObject configured) => new()
    {
        Output = configured.Name,
        Prefix = configured.Text("index"),
        RequestsMax = configured.Integer("requests"),
        BatchBytesMax = (int)configured.Size("batchSize"),
        Client = () => ElasticsearchClientOptionsOf(configured),
    };

    private static ElasticsearchClientOptions ElasticsearchClientOptionsOf(ConfiguredObject configured) => new()
    {
        Addresses = [.. configured.Texts("urls").Select(ElasticsearchAccess.ParseAddress)],
        User = configured.Text("user"),
        Password = ElasticsearchAccess.Secret(configured.Text("password"), configured.Text("passwordFile")),
        ApiKey = ElasticsearchAccess.Secret(configured.Text("apiKey"), configured.Text("apiKeyFile")),
        BearerToken = ElasticsearchAccess.Secret(configured.Text("token"), configured.Text("tokenFile")),
        AuthorityFile = configured.Text("caFile"),
        Timeout = configured.Duration("timeout"),
        Compress = configured.Text("compression") == "gzip",
        ConnectionsMax = configured.Integer("requests"),
    };

    /// <summary>How a sink is made; it is made again after each failure.</summary>
    public static Func<IOutputSink> Sink(
        ConfiguredObject configured, OutputStatus status, IDeadLetters letters, RelaySelf self, ILogger logger,
        TimeProvider time)
    {
        switch (configured.Type)
        {
            case "file":
                var file = new FileSinkOptions
                {
                    Path = configured.Text("path"),
                    MaxSizeBytes = configured.Size("maxSize"),
                    FileCount = configured.Integer("files"),
                };
                return () => new FileSink(file);
            case "kafka":
                var kafka = KafkaOptionsOf(configured);
                var care = new KafkaCare();
                return () => new KafkaSink(kafka, care, letters, status, logger, time);
            case "elasticsearch":
                var elasticsearch = ElasticsearchOptionsOf(configured);
                return () => new ElasticsearchSink(elasticsearch, letters, status, logger, time);
            case RelaySink.Type:
                var relay = new RelaySinkOptions
                {
                    Output = configured.Name, Endpoint = configured.Text("endpoint"), Self = self,
                };
                var reports = new RelayedReports(self.Ledger);
                return () => new RelaySink(relay, reports, status, logger, time);
            case "stdout":
                return () => new StandardOutputSink(Console.OpenStandardOutput);
            default:
                throw new InvalidOperationException($"There is no output of type '{configured.Type}'.");
        }
    }
}
