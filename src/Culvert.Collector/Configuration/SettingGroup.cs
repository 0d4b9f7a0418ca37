namespace Culvert.Collector.Configuration;

/// <summary>The settings of one object of the configuration.</summary>
internal sealed class SettingGroup(string name, string description, IReadOnlyList<Setting> settings)
{
    /// <summary>The section's name, or the value of <c>type</c> of an input or output.</summary>
    public string Name { get; } = name;

    public string Description { get; } = description;

    public IReadOnlyList<Setting> Settings { get; } = settings;

    /// <summary>Whether there may be one input or output of this type alone.</summary>
    public bool OnlyOne { get; init; }

    /// <summary>What the settings must be to each other: one sentence for each that is wrong.</summary>
    public Func<ConfiguredObject, IEnumerable<string>>? Check { get; init; }

    public Setting? Find(string settingName) =>
        Settings.FirstOrDefault(setting => setting.Name.Equals(settingName, StringComparison.OrdinalIgnoreCase));
}
