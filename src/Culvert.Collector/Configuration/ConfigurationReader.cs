namespace Culvert.Collector.Configuration;

/// <summary>Turns what was written into what is in force, or into sentences that say what is wrong.</summary>
internal sealed class ConfigurationReader(SettingCatalog catalog)
{
    public const string DefaultOrigin = "default";

    /// <summary>Longest name of an input or output; it is the name of a file and of a row in the ledger.</summary>
    public const int NameLengthMax = 64;

    private static readonly Setting Type =
        new("type", SettingKind.Text, "", "What kind of input or output it is.") { Required = true };

    private readonly List<string> _problems = [];

    /// <summary>One sentence for each wrong value; empty when all is right.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads the values, of which the later win. Returns something usable even when there are problems, so
    /// that all of them can be told at once.</summary>
    public CollectorConfiguration Read(IEnumerable<RawValue> written)
    {
        var values = new Dictionary<string, RawValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in written)
        {
            if (value.Path is ["$schema"]) continue;
            values[value.PathText] = value;
        }

        CheckTopNames(values.Values);
        var sections = catalog.Sections.ToDictionary(
            group => group.Name,
            group => ReadObject(group.Name, group, Below(values.Values, [group.Name])),
            StringComparer.Ordinal);
        var inputs = ReadNamed("inputs", catalog.InputTypes, WithDefaultInputs(values.Values));
        var outputs = ReadNamed("outputs", catalog.OutputTypes, WithDefaultOutputs(values.Values));
        var configuration = new CollectorConfiguration(sections, inputs, outputs);
        // A wrong value was replaced by its default, of which nobody wants to hear.
        if (_problems.Count == 0) _problems.AddRange(ConfigurationRules.Problems(configuration));
        return configuration;
    }

    private static List<RawValue> Below(IEnumerable<RawValue> values, string[] prefix) =>
        [.. values.Where(value => value.Path.Count > prefix.Length
            && value.Path.Take(prefix.Length).SequenceEqual(prefix, StringComparer.OrdinalIgnoreCase))];

    private List<RawValue> WithDefaultInputs(IEnumerable<RawValue> values)
    {
        var written = Below(values, ["inputs"]);
        if (written.Any(value => !value.Origin.StartsWith("option ", StringComparison.Ordinal))) return written;

        // --listen takes the place of the default endpoint alone: not of what comes over HTTP, and with a syslog
        // endpoint of nothing.
        var isReplaced = written.Any(value => value.Path is [_, _, "type"] && value.Text == "listen");
        var defaults = catalog.DefaultInputs.Where(value => !isReplaced || value.Path[1] != "local");
        return [.. defaults, .. written];
    }

    private List<RawValue> WithDefaultOutputs(IEnumerable<RawValue> values)
    {
        var written = Below(values, ["outputs"]);
        return written.Count == 0 ? [.. catalog.DefaultOutputs] : written;
    }

    private void CheckTopNames(IEnumerable<RawValue> values)
    {
        string[] names = [.. catalog.Sections.Select(section => section.Name), "inputs", "outputs"];
        foreach (var value in values)
        {
            if (names.Contains(value.Path[0], StringComparer.OrdinalIgnoreCase))
            {
                if (value.Path.Count == 1) _problems.Add($"{value.PathText} ({value.Origin}) must be an object.");
                continue;
            }

            _problems.Add($"{value.PathText} ({value.Origin}): there is no section "
                + $"'{value.Path[0]}'{Suggest(value.Path[0], names)}");
        }
    }

    private List<ConfiguredObject> ReadNamed(string section, IReadOnlyList<SettingGroup> types, List<RawValue> values)
    {
        var objects = new List<ConfiguredObject>();
        foreach (var named in values.GroupBy(value => value.Path[1], StringComparer.OrdinalIgnoreCase))
        {
            var path = $"{section}.{named.Key}";
            if (named.Key.Length is 0 or > NameLengthMax
                || !named.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                _problems.Add($"{path}: a name has 1 to {NameLengthMax} letters, digits, hyphens and underscores.");
                continue;
            }

            var type = named.LastOrDefault(value =>
                value.Path.Count == 3 && value.Path[2].Equals("type", StringComparison.OrdinalIgnoreCase));
            if (type is null || type.Texts.Count == 0)
            {
                _problems.Add(
                    $"{path} has no type; write one of {string.Join(", ", types.Select(group => group.Name))}.");
                continue;
            }

            var group = types.FirstOrDefault(
                group => group.Name.Equals(type.Texts[0], StringComparison.OrdinalIgnoreCase));
            if (group is null)
            {
                string[] names = [.. types.Select(candidate => candidate.Name)];
                _problems.Add($"{type.PathText} ({type.Origin}) is '{type.Texts[0]}', which is none of "
                    + $"{string.Join(", ", names)}{Suggest(type.Texts[0], names)}");
                continue;
            }

            var read = ReadObject(
                path, group, [.. named.Where(value => value != type && value.Path.Count > 2)], nameDepth: 2);
            var kind = new ConfiguredValue($"{path}.{Type.Name}", Type, [group.Name], type.Origin);
            objects.Add(read with { Values = [kind, .. read.Values] });
        }

        return objects;
    }

    private ConfiguredObject ReadObject(string path, SettingGroup group, List<RawValue> written, int nameDepth = 1)
    {
        foreach (var value in written)
        {
            if (group.Find(value.Path[nameDepth]) is { } setting
                && (value.Path.Count == nameDepth + 1 || setting.Kind == SettingKind.TextMap)) continue;
            var name = string.Join('.', value.Path.Skip(nameDepth));
            string[] names = [.. group.Settings.Select(setting => setting.Name)];
            _problems.Add(
                $"{value.PathText} ({value.Origin}): '{group.Name}' has no setting '{name}'{Suggest(name, names)}");
        }

        var values = group.Settings.Select(setting => ReadSetting(path, setting, written, nameDepth)).ToList();
        return new ConfiguredObject(path[(path.IndexOf('.') + 1)..], group, values);
    }

    private ConfiguredValue ReadSetting(string path, Setting setting, List<RawValue> written, int nameDepth)
    {
        var place = $"{path}.{setting.Name}";
        var values = written
            .Where(value => value.Path[nameDepth].Equals(setting.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (setting.Kind == SettingKind.TextMap)
        {
            var entries = values.Where(value => value.Path.Count == nameDepth + 2 && value.Texts.Count == 1).ToList();
            return new ConfiguredValue(
                place, setting, [.. entries.Select(entry => $"{entry.Path[^1]}={entry.Texts[0]}")],
                entries.Count == 0 ? DefaultOrigin : entries[^1].Origin);
        }

        var raw = values.LastOrDefault(value => value.Path.Count == nameDepth + 1);
        if (raw is null)
        {
            if (setting.Required) _problems.Add($"{place} is missing: {setting.Description}");
            return new ConfiguredValue(place, setting, Split(setting, setting.Default), DefaultOrigin);
        }

        if (SettingCheck.Problem(setting, raw) is { } problem)
        {
            _problems.Add(problem);
            return new ConfiguredValue(place, setting, Split(setting, setting.Default), DefaultOrigin);
        }

        var texts = setting.Kind == SettingKind.TextList && !raw.IsList ? Split(setting, raw.Texts[0]) : raw.Texts;
        return new ConfiguredValue(place, setting, texts, raw.Origin);
    }

    private static IReadOnlyList<string> Split(Setting setting, string text) => setting.Kind switch
    {
        SettingKind.TextList => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        SettingKind.TextMap => [],
        _ => text.Length == 0 && setting.Kind != SettingKind.Text ? [] : [text],
    };

    internal static string Suggest(string name, IEnumerable<string> names) =>
        NearestName.Find(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
}
