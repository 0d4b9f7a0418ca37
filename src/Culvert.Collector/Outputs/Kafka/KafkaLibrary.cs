using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// The part of librdkafka that is used; source: rdkafka.h of librdkafka 2.0.2 (all of it is there since 1.6). The
/// library comes with the application, or is the system's.
/// </summary>
internal static unsafe partial class KafkaLibrary
{
    /// <summary>What to do when the library is not there.</summary>
    public const string Missing = Install + ".";

    /// <summary>The same to whoever runs on meanwhile.</summary>
    public const string MissingForNow = Install + "; the output goes on by itself then.";

    private const string Install = "Kafka is reached through librdkafka, which is not on this machine: install it (on "
        + "Debian and Ubuntu: apt-get install librdkafka1)";

    private const string Library = "rdkafka";

    static KafkaLibrary() => NativeLibrary.SetDllImportResolver(typeof(KafkaLibrary).Assembly, Resolve);

    /// <summary>Whether the library can be loaded now.</summary>
    public static bool IsAvailable => TryLoad(out _);

    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static bool TryLoad(out nint handle)
    {
        foreach (var name in (string[])["librdkafka", "librdkafka.so.1", "librdkafka.dylib", "rdkafka.dll"])
        {
            if (NativeLibrary.TryLoad(name, typeof(KafkaLibrary).Assembly, null, out handle)) return true;
        }

        handle = 0;
        return false;
    }

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path) =>
        name == Library && TryLoad(out var handle) ? handle : 0;

    [LibraryImport(Library)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_destroy(nint configuration);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_set(
        nint configuration, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial byte** rd_kafka_conf_dump(nint configuration, nuint* count);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_dump_free(byte** dump, nuint count);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_opaque(nint configuration, nint opaque);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_events(nint configuration, int events);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_error_cb(
        nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_log_cb(
        nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint configuration, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rd_kafka_topic_new(nint client, string name, nint configuration);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_destroy(nint topic);

    [LibraryImport(Library)]
    public static partial byte* rd_kafka_topic_name(nint topic);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_headers_new(nuint count);

    [LibraryImport(Library)]
    public static partial int rd_kafka_header_add(
        nint headers, byte* name, nint nameSize, byte* value, nint valueSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_headers_destroy(nint headers);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_produceva(nint client, KafkaArgument* arguments, nuint count);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_code(nint error);

    [LibraryImport(Library)]
    public static partial void rd_kafka_error_destroy(nint error);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_get_main(nint client);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_destroy(nint queue);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_cb_event_enable(
        nint queue, delegate* unmanaged[Cdecl]<nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_poll(nint queue, int timeoutMs);

    [LibraryImport(Library)]
    public static partial nuint rd_kafka_event_message_array(nint report, KafkaMessage** messages, nuint size);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_type(nint report);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_error(nint report);

    [LibraryImport(Library)]
    public static partial byte* rd_kafka_event_error_string(nint report);

    [LibraryImport(Library)]
    public static partial void rd_kafka_event_destroy(nint report);

    [LibraryImport(Library)]
    public static partial int rd_kafka_purge(nint client, int flags);

    [LibraryImport(Library)]
    public static partial byte* rd_kafka_err2str(int error);
}
