using System.Runtime.InteropServices;
using System.Text;
using Culvert.Collector.Configuration;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Tests.Outputs;

/// <summary>What of the Kafka output needs no broker.</summary>
public sealed class KafkaTests
{
    [Fact]
    public void Layouts_Of64Bits_AreTheLibrarys()
    {
        Assert.Equal(72, Marshal.SizeOf<KafkaArgument>());
        Assert.Equal(8, (int)Marshal.OffsetOf<KafkaArgument>(nameof(KafkaArgument.Pointer)));
        Assert.Equal(16, (int)Marshal.OffsetOf<KafkaArgument>(nameof(KafkaArgument.Size)));
        Assert.Equal(8, (int)Marshal.OffsetOf<KafkaMessage>(nameof(KafkaMessage.Topic)));
        Assert.Equal(24, (int)Marshal.OffsetOf<KafkaMessage>(nameof(KafkaMessage.Value)));
        Assert.Equal(64, (int)Marshal.OffsetOf<KafkaMessage>(nameof(KafkaMessage.Opaque)));
        Assert.Equal(32, Marshal.SizeOf<KafkaMetadataTopic>());
        Assert.Equal(40, Marshal.SizeOf<KafkaMetadataPartition>());
        Assert.Equal(8, (int)Marshal.OffsetOf<KafkaMetadataPartition>(nameof(KafkaMetadataPartition.Leader)));
        Assert.Equal(32, (int)Marshal.OffsetOf<KafkaMetadataPartition>(nameof(KafkaMetadataPartition.InSync)));
    }

    [Theory]
    [InlineData("shop", Severity.Info, "logs.shop.info")]
    [InlineData("shop", Severity.Warn, "logs.shop.warn")]
    [InlineData("shop", Severity.Error, "errors")]
    [InlineData("bill", Severity.Error, "money")]
    [InlineData("päy/ing", Severity.Unspecified, "logs.p_y_ing.none")]
    [InlineData("", Severity.Fatal, "logs.none.fatal")]
    public void Find_Rules_TheNarrowestWins(string service, Severity severity, string expected)
    {
        var topics = new KafkaTopics(new KafkaSinkOptions
        {
            Output = "kafka", Brokers = "x", Compression = "none", Topic = "logs.{service}.{level}",
            TopicOfLevel = new Dictionary<string, string> { ["error"] = "errors" },
            TopicOfService = new Dictionary<string, string> { ["bill"] = "money" },
        });
        var source = Source.From(AttributeWriter.Encode([]), AttributeWriter.Encode([new("service.name", service)]));
        Assert.Equal(expected, topics.Find(source, severity));
        Assert.Equal(expected, topics.Find(source, severity));
    }

    [Fact]
    public void RecordIdentity_Any_RoundTrips()
    {
        Span<byte> text = stackalloc byte[RecordIdentity.LengthMax];
        foreach (var (producer, sequence) in ((ProducerId, ulong)[])
            [(new ProducerId(7, 1), 255), (new ProducerId(UInt128.MaxValue, ulong.MaxValue), ulong.MaxValue)])
        {
            var length = RecordIdentity.Format(producer, sequence, text);
            Assert.True(RecordIdentity.TryParse(text[..length], out var parsed, out var parsedSequence));
            Assert.Equal((producer, sequence), (parsed, parsedSequence));
        }

        Assert.Equal(
            "00000000000000000000000000000007-1-ff",
            Encoding.UTF8.GetString(text[..RecordIdentity.Format(new ProducerId(7, 1), 255, text)]));
    }

    [Fact]
    public void TryParseIdentity_AnyBytes_NeverThrows()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = "00000000000000000000000000000007-1-ff"u8.ToArray();
            for (var change = random.Next(4); change > 0; change--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            RecordIdentity.TryParse(text.AsSpan(0, random.Next(text.Length + 1)), out _, out _);
        }
    }

    [Theory]
    [InlineData("\"topicOfLevel\": { \"eror\": \"x\" }", "did you mean 'error'?")]
    [InlineData("\"librdkafka\": { \"acks\": \"1\" }", "is the program's own to set")]
    [InlineData("\"compresion\": \"lz4\"", "did you mean 'compression'?")]
    public void Check_WrongRule_IsOneSentence(string setting, string expected) => AssertProblem(setting, expected);

    [Theory]
    [InlineData("\"librdkafka\": { \"sasl.pasword\": \"x\" }", "did you mean 'sasl.password'?")]
    [InlineData("\"librdkafka\": { \"linger.ms\": \"soon\" }", "the library refuses 'linger.ms'")]
    public void Check_SettingOfTheLibrary_IsAskedOfIt(string setting, string expected)
    {
        Assert.SkipUnless(KafkaLibrary.IsAvailable, KafkaLibrary.Missing);
        AssertProblem(setting, expected);
    }

    private static void AssertProblem(string setting, string expected)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                path, $$"""{ "outputs": { "a": { "type": "kafka", "brokers": "x:1", {{setting}} } } }""");
            var problems = new List<string>();
            var reader = new ConfigurationReader(CollectorSettings.Catalog);
            reader.Read(ConfigurationSources.ReadFile(path, problems));
            Assert.Contains(expected, Assert.Single(reader.Problems.Concat(problems)), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
