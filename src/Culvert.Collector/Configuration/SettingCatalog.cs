namespace Culvert.Collector.Configuration;

/// <summary>Every setting there is: the source of the checks, the defaults, the help and the JSON schema.</summary>
internal sealed class SettingCatalog(
    IReadOnlyList<SettingGroup> sections, IReadOnlyList<SettingGroup> inputTypes,
    IReadOnlyList<SettingGroup> outputTypes)
{
    /// <summary>The sections that stand once: spool, store, http.</summary>
    public IReadOnlyList<SettingGroup> Sections { get; } = sections;

    /// <summary>What an input's <c>type</c> can be.</summary>
    public IReadOnlyList<SettingGroup> InputTypes { get; } = inputTypes;

    /// <summary>What an output's <c>type</c> can be.</summary>
    public IReadOnlyList<SettingGroup> OutputTypes { get; } = outputTypes;

    /// <summary>The inputs that hold when none is written.</summary>
    public IReadOnlyList<RawValue> DefaultInputs { get; } =
    [
        Default("inputs.local.type", "listen"),
        Default("inputs.local.endpoint", "local://culvert"),
        Default("inputs.journal.type", "journal"),
        Default("inputs.otlp.type", "otlp"),
        Default("inputs.clef.type", "clef"),
    ];

    /// <summary>The outputs that hold when none is written.</summary>
    public IReadOnlyList<RawValue> DefaultOutputs { get; } = [Default("outputs.store.type", "store")];

    private static RawValue Default(string path, string text) =>
        new(path.Split('.'), [text], IsList: false, ConfigurationReader.DefaultOrigin);
}
