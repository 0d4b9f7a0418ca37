using Culvert.Collector.Configuration;

namespace Culvert.Fuzz.Targets;

/// <summary>A configuration that a person wrote: what is wrong becomes sentences.</summary>
internal sealed class ConfigurationTarget : IFuzzTarget
{
    public string Name => "configuration";

    public IEnumerable<string> Words =>
    [
        "\"type\":", "\"listen\"", "\"files\"", "\"kafka\"", "\"elasticsearch\"", "\"consume\":{", "\"insecure\":true",
        "\"file\"", "\"path\":", "\"endpoint\":", "unix:///", "pipe://", "tcp://", "99999999999999999999", "-1s",
        "1e9GiB", "//",
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
