using Culvert.Collector.Configuration;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Asks the library that is here which settings it knows.</summary>
internal static class KafkaSettingNames
{
    // The dump leaves out what has no value, which are the very ones that people set for TLS and SASL; source:
    // CONFIGURATION.md of librdkafka 2.0.2.
    private static readonly string[] WithoutValue =
    [
        "sasl.username", "sasl.password", "sasl.mechanism", "sasl.kerberos.keytab", "sasl.oauthbearer.config",
        "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.extensions", "sasl.oauthbearer.token.endpoint.url", "ssl.cipher.suites", "ssl.curves.list",
        "ssl.sigalgs.list", "ssl.key.location", "ssl.key.password", "ssl.key.pem", "ssl.certificate.location",
        "ssl.certificate.pem", "ssl.ca.location", "ssl.ca.pem", "ssl.crl.location", "ssl.keystore.location",
        "ssl.keystore.password", "ssl.engine.location", "debug", "plugin.library.paths", "client.rack", "linger.ms",
        "topic.blacklist", "retries", "batch.num.messages", "batch.size",
    ];

    private const int ErrorBytes = 512;
    private const int UnknownName = -2;

    /// <summary>What is wrong with a setting, as a sentence without its place; null when nothing is, or when the
    /// library is not here to be asked.</summary>
    public static unsafe string? Problem(string name, string value)
    {
        if (!KafkaLibrary.IsAvailable) return null;
        var configuration = KafkaLibrary.rd_kafka_conf_new();
        var error = stackalloc byte[ErrorBytes];
        var answer = KafkaLibrary.rd_kafka_conf_set(configuration, name, value, error, ErrorBytes);
        KafkaLibrary.rd_kafka_conf_destroy(configuration);
        if (answer == 0) return null;
        return answer == UnknownName
            ? $"the library has no setting '{name}'{ConfigurationReader.Suggest(name, Read())}"
            : $"the library refuses '{name}': {KafkaLibrary.Text(error)}.";
    }

    private static unsafe HashSet<string> Read()
    {
        var configuration = KafkaLibrary.rd_kafka_conf_new();
        nuint count;
        var dump = KafkaLibrary.rd_kafka_conf_dump(configuration, &count);
        // Name and value take turns.
        var names = new HashSet<string>(WithoutValue, StringComparer.Ordinal);
        for (nuint i = 0; i + 1 < count; i += 2) names.Add(KafkaLibrary.Text(dump[i]));
        KafkaLibrary.rd_kafka_conf_dump_free(dump, count);
        KafkaLibrary.rd_kafka_conf_destroy(configuration);
        return names;
    }
}
