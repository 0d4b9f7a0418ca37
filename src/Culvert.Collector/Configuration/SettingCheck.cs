using System.Globalization;

namespace Culvert.Collector.Configuration;

/// <summary>Checks the text of one setting and says in a sentence what is wrong with it.</summary>
internal static class SettingCheck
{
    /// <summary>The sentence, or null when the text is right.</summary>
    public static string? Problem(Setting setting, RawValue raw)
    {
        if (raw.IsList && setting.Kind != SettingKind.TextList) return $"{Place(raw)} is a list; write one value.";
        if (raw.Texts.Count == 0 && setting.Kind != SettingKind.TextList) return $"{Place(raw)} has no value.";
        foreach (var text in raw.Texts)
        {
            if (Complaint(setting, text) is { } complaint) return $"{Place(raw)} is '{text}', {complaint}.";
        }

        return null;
    }

    private static string Place(RawValue raw) => $"{raw.PathText} ({raw.Origin})";

    private static string? Complaint(Setting setting, string text) => setting.Kind switch
    {
        SettingKind.Boolean when !bool.TryParse(text, out _) => "which is neither true nor false",
        SettingKind.Integer => IntegerComplaint(setting, text),
        SettingKind.Size => SizeComplaint(setting, text),
        SettingKind.Duration => DurationComplaint(setting, text),
        SettingKind.Choice => ChoiceComplaint(setting, text),
        _ => null,
    };

    private static string? IntegerComplaint(Setting setting, string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return "which is no whole number";
        return number < setting.Min || number > setting.Max
            ? $"which is outside {setting.Min} to {setting.Max}"
            : null;
    }

    private static string? SizeComplaint(Setting setting, string text)
    {
        if (!SizeText.TryParse(text, out var bytes)) return "which is no size; write one such as 64MiB";
        return bytes < setting.Min || bytes > setting.Max
            ? $"which is outside {SizeText.Format(setting.Min)} to {SizeText.Format(setting.Max)}"
            : null;
    }

    private static string? DurationComplaint(Setting setting, string text)
    {
        if (!DurationText.TryParse(text, out var span)) return "which is no time span; write one such as 5s";
        if (span.Ticks >= setting.Min && span.Ticks <= setting.Max) return null;
        var max = setting.Max == long.MaxValue ? "" : $" to {DurationText.Format(TimeSpan.FromTicks(setting.Max))}";
        return $"which is outside {DurationText.Format(TimeSpan.FromTicks(setting.Min))}{max}";
    }

    private static string? ChoiceComplaint(Setting setting, string text)
    {
        if (setting.Choices.Contains(text, StringComparer.OrdinalIgnoreCase)) return null;
        var nearest = NearestName.Find(text, setting.Choices);
        return nearest is null
            ? $"which is none of {string.Join(", ", setting.Choices)}"
            : $"which is none of {string.Join(", ", setting.Choices)}; did you mean '{nearest}'?";
    }
}
