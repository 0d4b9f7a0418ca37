using Culvert.Collector.Configuration;

namespace Culvert.Fuzz.Targets;

/// <summary>A configuration that a person wrote: what is wrong becomes sentences.</summary>
internal sealed class ConfigurationTarget : IFuzzTarget
{
    public string Name => "configuration";

    public IEnumerable<byte[]> Seeds =>
    [
        Samples.Utf8("""
            {"inputs":{"local":{"type":"listen","endpoint":"local://culvert"},
            "net":{"type":"syslog","endpoint":"tls://0.0.0.0:6514","certificate":"a.pem"}, "f":{"type":"files","paths":["/var/log/*.log"]}},
            "outputs":{"store":{"type":"store"},"k":{"type":"kafka","brokers":["h:1"],"topic":"logs.{service}",
            "topicOfLevel":{"error":"e"},"librdkafka":{"sasl.password":"x"}},"e":{"type":"elasticsearch","url":"https://h:9200"}},
            "spool":{"maxSize":"8GiB","maxAge":"7d"},"http":{"address":"127.0.0.1:7514"}}
            """),
    ];

    public IEnumerable<string> Words =>
    [
        "\"type\":", "\"listen\"", "\"files\"", "\"kafka\"", "\"elasticsearch\"", "\"consume\":{", "\"insecure\":true",
        "\"file\"", "\"path\":", "\"endpoint\":", "unix:///", "pipe://", "tcp://", "99999999999999999999", "-1s", "1e9GiB", "//",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var problems = new List<string>();
        var reader = new ConfigurationReader(CollectorSettings.Catalog);
        reader.Read(ConfigurationSources.ReadJson(input.ToArray(), "x.json", problems));
        problems.AddRange(reader.Problems);
        foreach (var problem in problems) Must.Hold(problem.EndsWith('.') || problem.EndsWith('?'), problem);
    }
}
