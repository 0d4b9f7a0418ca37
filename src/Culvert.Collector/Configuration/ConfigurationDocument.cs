using System.Globalization;
using System.Text;

namespace Culvert.Collector.Configuration;

/// <summary>Writes the catalog as the tables of docs/configuration.md.</summary>
internal static class ConfigurationDocument
{
    public static string Write(SettingCatalog catalog)
    {
        var text = new StringBuilder();
        foreach (var section in catalog.Sections) Append(text, $"`{section.Name}`", section);
        foreach (var input in catalog.InputTypes) Append(text, $"`inputs`: `\"type\": \"{input.Name}\"`", input);
        foreach (var output in catalog.OutputTypes) Append(text, $"`outputs`: `\"type\": \"{output.Name}\"`", output);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, SettingGroup group)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {title}\n\n{group.Description}\n\n");
        if (group.Settings.Count == 0)
        {
            text.Append("It has no settings.\n\n");
            return;
        }

        text.Append("| setting | what may be written | default | |\n|---|---|---|---|\n");
        foreach (var setting in group.Settings)
            text.Append(CultureInfo.InvariantCulture,
                $"| `{setting.Name}` | {Values(setting)} | {Default(setting)} | {setting.Description} |\n");
        text.Append('\n');
    }

    private static string Default(Setting setting)
    {
        if (setting.Required) return "must be written";
        return setting.Default.Length == 0 ? "none" : $"`{setting.Default}`";
    }

    private static string Values(Setting setting) => setting.Kind switch
    {
        SettingKind.Boolean => "`true` or `false`",
        SettingKind.Size => "a size" + Range(setting, SizeText.Format),
        SettingKind.Duration => "a time span" + Range(setting, ticks => DurationText.Format(TimeSpan.FromTicks(ticks))),
        SettingKind.Integer => "a whole number" + Range(setting, number => number.ToString(
            CultureInfo.InvariantCulture)),
        SettingKind.Choice => string.Join(", ", setting.Choices.Select(choice => $"`{choice}`")),
        SettingKind.TextList => "a list of texts",
        SettingKind.TextMap => "an object of texts",
        _ => "a text",
    };

    private static string Range(Setting setting, Func<long, string> format)
    {
        if (setting.Max != long.MaxValue) return $", {format(setting.Min)} to {format(setting.Max)}";
        return setting.Min == 0 ? "" : $", {format(setting.Min)} or more";
    }
}
