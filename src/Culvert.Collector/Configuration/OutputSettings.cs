namespace Culvert.Collector.Configuration;

/// <summary>The settings of the outputs.</summary>
internal static class OutputSettings
{
    public static IReadOnlyList<SettingGroup> Types { get; } =
    [
        new SettingGroup("store", "The embedded store, which the page and the search commands read.", []),
        File(),
        new SettingGroup("stdout", "JSON lines on standard output.", []),
    ];

    private static SettingGroup File() => new("file", "JSON lines in a file, which begins anew at its size.",
    [
        new("path", SettingKind.Text, "",
            "The file that is written; the ones before it are path.1, the newest, and so on.") { Required = true },
        new("maxSize", SettingKind.Size, "64MiB", "Size at which the file begins anew.") { Min = 4096 },
        new("files", SettingKind.Integer, "10",
            "How many files there are at most; the oldest is deleted.") { Min = 1, Max = 1000 },
    ]);
}
