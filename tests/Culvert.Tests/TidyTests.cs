using System.Text.RegularExpressions;

namespace Culvert.Tests;

/// <summary>The rules of the house that a machine can check, over every source file of the repository.</summary>
[Trait("system", "linux")]
public sealed partial class TidyTests
{
    private const int LineLengthMax = 120;
    private const int FileLinesMax = 400;

    private static readonly string Root = FindRoot();

    [Fact]
    public void Lines_OfEveryFile_FitTheScreen() => Check((path, lines) =>
        from line in lines.Index()
        where line.Item.Length > LineLengthMax && !line.Item.Contains("http", StringComparison.Ordinal)
        select $"{path}:{line.Index + 1} has {line.Item.Length} columns");

    [Fact]
    public void Files_ThatAreLong_SayWhy() => Check((path, lines) =>
        lines.Length > FileLinesMax && !lines[0].StartsWith("//", StringComparison.Ordinal)
            ? [$"{path} has {lines.Length} lines and its first one does not say why"]
            : []);

    [Fact]
    public void Code_OfEveryFile_LeavesNothingForLater()
    {
        var word = "TO" + "DO";
        Check((path, lines) =>
            from line in lines.Index()
            where line.Item.Contains(word, StringComparison.Ordinal)
            select $"{path}:{line.Index + 1} has a {word}; do it, or put it into the tracker");
    }

    [Fact]
    public void Tests_OfEveryProject_WaitForSignalsAndNotForTime()
    {
        string[] banned = ["Task." + "Delay(", "Thread." + "Sleep("];
        Check((path, lines) =>
            from line in lines.Index()
            where path.StartsWith("tests/", StringComparison.Ordinal)
                && banned.Any(word => line.Item.Contains(word, StringComparison.Ordinal))
            select $"{path}:{line.Index + 1} sleeps; wait for what it waits for");
    }

    [Fact]
    public void Namespaces_OfEveryFile_AreItsFolder() => Check((path, lines) =>
    {
        var found = lines.Select(line => NamespacePattern().Match(line)).FirstOrDefault(match => match.Success);

        // Extension methods stand where their users look for them.
        if (found is null || found.Groups[1].Value.StartsWith("Microsoft.", StringComparison.Ordinal)) return [];
        var folder = Path.GetDirectoryName(path)!.Split('/', 2)[1].Replace('/', '.');
        return found.Groups[1].Value == folder ? [] : [$"{path} is in {found.Groups[1].Value}, its folder is {folder}"];
    });

    [Fact]
    public void Types_OfEveryFile_AreFew() => Check((path, lines) =>
    {
        var types = lines.Where(line => TypePattern().IsMatch(line)).ToArray();
        return types.Length <= 2
            ? []
            : [$"{path} has {types.Length} top-level types; give each its own file"];
    });

    private static void Check(Func<string, string[], IEnumerable<string>> rule)
    {
        var problems = SourceFiles()
            .SelectMany(path => rule(path, File.ReadAllLines(Path.Combine(Root, path))))
            .ToArray();
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    private static IEnumerable<string> SourceFiles() =>
        new[] { "src", "tests" }
            .Select(folder => Path.Combine(Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Culvert.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(
        @"^(public|internal|file) ((static|sealed|abstract|partial|readonly|unsafe|ref) )*"
        + @"(class|struct|record|interface)\b")]
    private static partial Regex TypePattern();
}
