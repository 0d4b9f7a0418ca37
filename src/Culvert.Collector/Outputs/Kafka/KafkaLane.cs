using System.Text;
using Culvert.Collector.Records;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>What the messages of one source have in common.</summary>
internal sealed class KafkaLane(Source source)
{
    /// <summary>The key: whose records stay in order.</summary>
    public byte[] Key { get; } = Encoding.UTF8.GetBytes(
        source.Host.Length == 0 ? source.Service : $"{source.Service}@{source.Host}");

    /// <summary>The library's topic by <see cref="LevelText.Step"/>; 0 where it was not asked for yet.</summary>
    public nint[] Topics { get; } = new nint[LevelText.Steps];
}
