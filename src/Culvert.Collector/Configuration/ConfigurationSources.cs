using System.Collections;
using System.Text.Json;

namespace Culvert.Collector.Configuration;

/// <summary>Reads what was written: the file, then environment variables, then options. The later wins.</summary>
internal static class ConfigurationSources
{
    public const string EnvironmentPrefix = "CULVERT_";

    /// <summary>Largest configuration file, in bytes.</summary>
    public const long FileBytesMax = 1024 * 1024;

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads <c>culvert.json</c>. What is wrong is added to <paramref name="problems"/>.</summary>
    public static IReadOnlyList<RawValue> ReadFile(string path, ICollection<string> problems)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                problems.Add($"{path} is larger than {SizeText.Format(FileBytesMax)}, which no configuration is.");
                return [];
            }

            return ReadJson(File.ReadAllBytes(path), path, problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path} cannot be read: {exception.Message}");
        }

        return [];
    }

    /// <summary>Reads the content of a file; <paramref name="origin"/> is its path.</summary>
    public static IReadOnlyList<RawValue> ReadJson(byte[] json, string origin, ICollection<string> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            return ReadJson(document.RootElement, origin, problems);
        }
        catch (JsonException exception)
        {
            problems.Add(
                $"{origin} is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            problems.Add($"{origin} holds text that is not UTF-8; save it as UTF-8.");
        }

        return [];
    }

    /// <summary>Reads <c>CULVERT_SPOOL__MAXSIZE</c> and the like: two underscores stand for a dot. A variable without
    /// them is not configuration.</summary>
    public static IReadOnlyList<RawValue> ReadEnvironment(IDictionary variables)
    {
        var values = new List<RawValue>();
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var path = name[EnvironmentPrefix.Length..].Split("__");
            if (path.Length < 2) continue;
            values.Add(new RawValue(
                path, [variable.Value as string ?? ""], IsList: false, $"environment variable {name}"));
        }

        return values;
    }

    /// <summary>One option of the command line, as a path: <c>http.address</c>.</summary>
    public static RawValue Option(string path, string text, string option) =>
        new(path.Split('.'), [text], IsList: false, $"option {option}");

    private static List<RawValue> ReadJson(JsonElement root, string origin, ICollection<string> problems)
    {
        var values = new List<RawValue>();
        if (root.ValueKind == JsonValueKind.Object) Flatten(root, [], values, origin, problems);
        else problems.Add($"{origin} must hold one JSON object.");
        return values;
    }

    private static void Flatten(
        JsonElement element, string[] path, List<RawValue> values, string origin, ICollection<string> problems)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // An empty object still says that the input or output is there; of a section it says nothing.
                if (path.Length > 1 && !element.EnumerateObject().Any())
                    values.Add(new RawValue(path, [], false, origin));
                foreach (var property in element.EnumerateObject())
                    Flatten(property.Value, [.. path, property.Name], values, origin, problems);
                break;
            case JsonValueKind.Array:
                values.Add(new RawValue(path, ReadItems(element, path, origin, problems), IsList: true, origin));
                break;
            case JsonValueKind.Null:
                break;
            default:
                values.Add(new RawValue(path, [TextOf(element)], IsList: false, origin));
                break;
        }
    }

    private static List<string> ReadItems(JsonElement array, string[] path, string origin, ICollection<string> problems)
    {
        var texts = new List<string>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                problems.Add($"{string.Join('.', path)} in {origin} must be a list of texts.");
            else
                texts.Add(TextOf(item));
        }

        return texts;
    }

    private static string TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => element.GetRawText(),
    };
}
