namespace Culvert.Collector.Configuration;

/// <summary>The settings of one object of the configuration.</summary>
internal sealed class SettingGroup(string name, string description, IReadOnlyList<Setting> settings)
{
    /// <summary>The section's name, or the value of <c>type</c> of an input or output.</summary>
    public string Name { get; } = name;

    public string Description { get; } = description;

    public IReadOnlyList<Setting> Settings { get; } = settings;

    public Setting? Find(string settingName) =>
        Settings.FirstOrDefault(setting => setting.Name.Equals(settingName, StringComparison.OrdinalIgnoreCase));
}
