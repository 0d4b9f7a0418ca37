using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>How a producer and a consumer of the library begin.</summary>
internal static unsafe class KafkaClient
{
    private const int ErrorBytes = 512;

    /// <summary>Makes the library's client; throws <see cref="OutputException"/> when it is not here or refuses a
    /// setting.</summary>
    /// <param name="type">The library's rd_kafka_type_t.</param>
    /// <param name="settings">By the library's names; later ones win.</param>
    /// <param name="opaque">What its callbacks get.</param>
    /// <param name="setCallbacks">Sets them on the configuration.</param>
    public static nint Create(
        int type, IEnumerable<KeyValuePair<string, string>> settings, nint opaque, Action<nint> setCallbacks)
    {
        if (!KafkaLibrary.IsAvailable) throw new OutputException(KafkaLibrary.Missing);
        var configuration = KafkaLibrary.rd_kafka_conf_new();
        try
        {
            var error = stackalloc byte[ErrorBytes];
            foreach (var (name, value) in settings)
            {
                if (KafkaLibrary.rd_kafka_conf_set(configuration, name, value, error, ErrorBytes) != 0)
                    throw new OutputException($"librdkafka refuses a setting: {KafkaLibrary.Text(error)}.");
            }

            KafkaLibrary.rd_kafka_conf_set_opaque(configuration, opaque);
            KafkaLibrary.rd_kafka_conf_set_log_cb(configuration, &OnLog);
            setCallbacks(configuration);
            var client = KafkaLibrary.rd_kafka_new(type, configuration, error, ErrorBytes);
            // From here on the configuration is the client's.
            if (client != 0) return client;
            throw new OutputException($"librdkafka cannot begin: {KafkaLibrary.Text(error)}.");
        }
        catch
        {
            KafkaLibrary.rd_kafka_conf_destroy(configuration);
            throw;
        }
    }

    // What matters of it also comes as an error; without this the library would write to our standard error.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
    }
}
