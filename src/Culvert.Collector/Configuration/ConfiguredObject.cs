using System.Globalization;

namespace Culvert.Collector.Configuration;

/// <summary>The values of one section, input or output, checked and with their defaults filled in.</summary>
/// <param name="Name">The section's name, or the input's or output's own.</param>
/// <param name="Group">Its settings.</param>
/// <param name="Values">One value for each setting of the group; before them the type, of an input or output.</param>
internal sealed record ConfiguredObject(string Name, SettingGroup Group, IReadOnlyList<ConfiguredValue> Values)
{
    public string Type => Group.Name;

    public string Text(string name) => Value(name).Text;

    public IReadOnlyList<string> Texts(string name) => Value(name).Texts;

    public bool Boolean(string name) => bool.Parse(Value(name).Text);

    public int Integer(string name) =>
        int.Parse(Value(name).Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public long Size(string name) =>
        SizeText.TryParse(Value(name).Text, out var bytes) ? bytes : throw new InvalidOperationException(
            $"{name} was not checked.");

    public TimeSpan Duration(string name) =>
        DurationText.TryParse(Value(name).Text, out var span) ? span : throw new InvalidOperationException(
            $"{name} was not checked.");

    public IReadOnlyDictionary<string, string> Map(string name) =>
        Value(name).Texts.Select(text => text.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    /// <summary>Where the value comes from: a file's name, an environment variable, an option, or
    /// <c>default</c>.</summary>
    public string Origin(string name) => Value(name).Origin;

    /// <summary>Whether somebody wrote a value, as opposed to the default.</summary>
    public bool IsSet(string name) => Origin(name) != ConfigurationReader.DefaultOrigin;

    private ConfiguredValue Value(string name) =>
        Values.FirstOrDefault(value => value.Setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no setting '{name}' in '{Group.Name}'.", nameof(name));
}
