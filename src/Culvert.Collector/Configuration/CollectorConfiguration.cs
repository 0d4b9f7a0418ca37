namespace Culvert.Collector.Configuration;

/// <summary>What is in force: checked, complete, and each value knows where it comes from.</summary>
internal sealed class CollectorConfiguration(
    IReadOnlyDictionary<string, ConfiguredObject> sections,
    IReadOnlyList<ConfiguredObject> inputs,
    IReadOnlyList<ConfiguredObject> outputs)
{
    public ConfiguredObject Spool => sections["spool"];

    public ConfiguredObject Store => sections["store"];

    public ConfiguredObject Http => sections["http"];

    public ConfiguredObject Consume => sections["consume"];

    public IReadOnlyList<ConfiguredObject> Inputs { get; } = inputs;

    public IReadOnlyList<ConfiguredObject> Outputs { get; } = outputs;

    /// <summary>Every value, in the order in which <c>culvert config show</c> prints them.</summary>
    public IEnumerable<ConfiguredValue> Values =>
        sections.Values.Concat(Inputs).Concat(Outputs).SelectMany(section => section.Values);
}
