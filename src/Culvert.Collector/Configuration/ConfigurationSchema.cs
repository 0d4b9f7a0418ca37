using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Collector.Configuration;

/// <summary>Writes the catalog as a JSON schema, so that editors complete and check <c>culvert.json</c>; source:
/// json-schema.org/draft/2020-12.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string Write(SettingCatalog catalog)
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var section in catalog.Sections) properties[section.Name] = Object(section, type: null);
        properties["inputs"] = Named("Where records come from, each with a name of your choice.", catalog.InputTypes);
        properties["outputs"] = Named("Where records go, each with a name of your choice.", catalog.OutputTypes);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Culvert's configuration (culvert.json)",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        }.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Named(string description, IReadOnlyList<SettingGroup> types) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["additionalProperties"] = new JsonObject
        {
            ["oneOf"] = new JsonArray([.. types.Select(group => (JsonNode)Object(group, group.Name))]),
        },
    };

    private static JsonObject Object(SettingGroup group, string? type)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        if (type is not null)
        {
            properties["type"] = new JsonObject { ["const"] = type };
            required.Add("type");
        }

        foreach (var setting in group.Settings)
        {
            properties[setting.Name] = Property(setting);
            if (setting.Required) required.Add(setting.Name);
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = group.Description,
            ["properties"] = properties,
            ["required"] = required,
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Property(Setting setting)
    {
        var property = setting.Kind switch
        {
            SettingKind.Boolean => new JsonObject { ["type"] = "boolean" },
            SettingKind.Integer =>
                new JsonObject { ["type"] = "integer", ["minimum"] = setting.Min, ["maximum"] = setting.Max },
            SettingKind.Size => Pattern(@"^[0-9]+(\.[0-9]+)? ?([kKMGT]i?)?B?$"),
            SettingKind.Duration => Pattern(@"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"),
            SettingKind.Choice => new JsonObject
            {
                ["enum"] = new JsonArray([.. setting.Choices.Select(choice => (JsonNode)choice)]),
            },
            SettingKind.TextList => new JsonObject
            {
                ["type"] = new JsonArray("array", "string"), ["items"] = new JsonObject { ["type"] = "string" },
            },
            SettingKind.TextMap => new JsonObject
            {
                ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" },
            },
            _ => new JsonObject { ["type"] = "string" },
        };
        property["description"] = setting.Description;
        if (setting.Default.Length > 0) property["default"] = Default(setting);
        return property;
    }

    private static JsonNode Default(Setting setting) => setting.Kind switch
    {
        SettingKind.Boolean => bool.Parse(setting.Default),
        SettingKind.Integer => long.Parse(setting.Default, CultureInfo.InvariantCulture),
        _ => setting.Default,
    };

    private static JsonObject Pattern(string pattern) =>
        new() { ["type"] = new JsonArray("string", "integer"), ["pattern"] = pattern };
}
