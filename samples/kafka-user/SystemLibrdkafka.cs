using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Samples.KafkaUser;

/// <summary>Lets Confluent.Kafka find the system's librdkafka (Debian and Ubuntu: apt-get install
/// librdkafka1).</summary>
internal static class SystemLibrdkafka
{
    [ModuleInitializer]
    internal static void Use() => NativeLibrary.SetDllImportResolver(
        typeof(Confluent.Kafka.Library).Assembly,
        (name, _, _) => name == "librdkafka" ? NativeLibrary.Load("librdkafka.so.1") : 0);
}
