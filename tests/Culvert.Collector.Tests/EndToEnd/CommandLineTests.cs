using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>The commands as a person types them, against a collector that runs.</summary>
public sealed partial class CommandLineTests(StartedCollector started) : IClassFixture<StartedCollector>
{
    [Fact]
    public async Task Help_OfEveryCommand_HasAnExampleAndExitsWithZero()
    {
        var seen = new List<string>();
        var waiting = new Queue<string[]>([[]]);
        while (waiting.TryDequeue(out var command))
        {
            var (code, output, _) = await RunAsync([.. command, "--help"]);
            seen.Add(string.Join(' ', command));
            Assert.True(code == 0, $"'{seen[^1]} --help' exits with {code}.");
            Assert.True(output.Contains("Example", StringComparison.Ordinal), $"'{seen[^1]} --help' has no example.");
            var commands = output.IndexOf("Commands:", StringComparison.Ordinal);
            if (commands < 0) continue;
            foreach (Match name in CommandName().Matches(output[commands..output.IndexOf("Example",
                StringComparison.Ordinal)]))
                waiting.Enqueue([.. command, name.Groups[1].Value]);
        }

        Assert.Superset(
            new HashSet<string>(["", "up", "search", "tail", "stats", "send", "demo", "bench", "config",
                "config check"]), seen.ToHashSet());
    }

    [Theory]
    [InlineData(0, "search", "needle", "--count")]
    [InlineData(0, "search", "needle", "--from", "15m")]
    [InlineData(0, "search", "needle", "--from", "2h ago")]
    [InlineData(0, "search", "needle", "--from", "yesterday", "--to", "2099-01-01T00:00:00Z")]
    [InlineData(1, "search", "needle", "--to", "2001-01-01T00:00:00Z")]
    [InlineData(1, "search", "nosuchword", "--count")]
    [InlineData(2, "search", "needle", "--from", "someday")]
    [InlineData(2, "search", "needle", "--limit", "0")]
    [InlineData(0, "search", "needle", "-host:nosuchhost")]
    [InlineData(0, "search", "-host:nosuchhost", "needle")]
    [InlineData(2, "stats", "--nonsense")]
    [InlineData(0, "stats")]
    [InlineData(0, "stats", "--json")]
    public async Task Reading_ByFolderAndByAddress_GivesTheSameExitCode(int expected, params string[] command)
    {
        await SendNeedleAsync();
        var byFolder = await RunAsync([.. command, "--data", started.Collector.DataFolder]);
        Assert.True(expected == byFolder.Code, $"{byFolder.Code}: {byFolder.Output}{byFolder.Error}");
        var byAddress = await RunAsync([.. command, "--http", started.Collector.Page.ToString()]);
        Assert.True(expected == byAddress.Code, $"{byAddress.Code}: {byAddress.Output}{byAddress.Error}");
        if (expected == 2) Assert.NotEmpty(byFolder.Error);
    }

    [Fact]
    public async Task ConfigCheck_RightConfiguration_NamesWhatItReadsAndWrites()
    {
        var (code, output, error) = await RunAsync(["config", "check"]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Inputs: local,", output, StringComparison.Ordinal);
        Assert.EndsWith("Outputs: store.\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("search has no option --nonsense; there are --from, --to", "search", "--nonsense")]
    [InlineData("search has no option --jsn; did you mean --json?", "search", "needle", "--jsn")]
    [InlineData("search has no option --limt; did you mean --limit?", "search", "needle", "--limt=5")]
    [InlineData("tail has no option --jason; did you mean --json?", "tail", "--jason")]
    [InlineData("send has no option --tto; did you mean --to?", "send", "--tto")]
    [InlineData("up has no option --lisen; did you mean --listen?", "up", "--lisen", "unix:///x")]
    [InlineData("stats has no option --jsno; did you mean --json?", "stats", "--jsno")]
    [InlineData("demo has no option --fro; did you mean --for?", "demo", "--fro")]
    [InlineData("check has no option --confg; did you mean --config?", "config", "check", "--confg")]
    [InlineData("culvert has no option --nonsense; there are --help", "--nonsense")]
    public async Task AnyCommand_UnknownOption_IsWrongUsageAndNamesTheNearest(string said, params string[] command)
    {
        var (code, output, error) = await RunAsync(command);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(said, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WordWithTwoDashesBehindTwoDashes_IsAWord()
    {
        await SendNeedleAsync();
        // Two minus signs are no negation at all; see docs/query.md.
        var (code, output, _) = await RunAsync(
            ["search", "--count", "--http", started.Collector.Page.ToString(), "--", "--needle"]);

        Assert.Equal((0, "1"), (code, output.Trim()));
    }

    [Fact]
    public async Task Search_ControlCharactersInALine_NeverReachTheTerminal()
    {
        var word = StartedCollector.Word();
        await started.SendLinesAsync(
            StartedCollector.Utf8($"{word} \x1b[31mred\x1b]0;title\x07 \u009b2J"),
            StartedCollector.Utf8($"{{\"message\":\"{word}\",\"\\u001b[2J\":\"\\u001b[1m\\u0007\"}}"));
        await started.UntilFoundAsync(word, 2);

        foreach (var json in (string[][])[[], ["--json"]])
        {
            var (code, output, _) = await RunAsync(["search", word, .. json, "--http",
                started.Collector.Page.ToString()]);
            Assert.Equal(0, code);
            Assert.DoesNotContain(output, c => c is '\x1b' or '\x07' or '\u009b');
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            if (json.Length == 0) continue;
            foreach (var line in lines) JsonDocument.Parse(line).Dispose();
        }
    }

    [Fact]
    public async Task Send_FileThatIsNotThere_IsWrongUsage() =>
        Assert.Equal(2, (await RunAsync(["send", "--to", started.Collector.Endpoint, "/nowhere/at/all.log"])).Code);

    [Fact]
    public async Task Up_FolderThatIsHeld_SaysWhoHoldsIt()
    {
        var (code, _, error) = await RunAsync(["up", "--data", started.Collector.DataFolder, "--http", "127.0.0.1:0"]);

        Assert.Equal(1, code);
        Assert.Contains($"process {started.Collector.Process.Id}", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "spool": { "maxsise": "1GiB" } }""", "did you mean 'maxSize'?")]
    [InlineData("""{ "http": { "enabled": "maybe" } }""", "neither true nor false")]
    [InlineData("""{ "http": """, "is no JSON")]
    [InlineData("""{ "spool": { "maxSize": "4MiB" } }""", "less than 2 times spool.segmentSize")]
    public async Task Up_WrongConfiguration_IsOneSentenceAndNoCollector(string json, string sentence)
    {
        var file = Path.Combine(started.Collector.Folder, StartedCollector.Word());
        await File.WriteAllTextAsync(file, json, TestContext.Current.CancellationToken);
        var data = file + "-data";
        var (code, output, error) = await RunAsync(["up", "--config", file, "--data", data]);

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(sentence, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("config check")]
    [InlineData("config show")]
    public async Task Configuration_WrongOptionOrVariable_IsWrongUsage(string command)
    {
        string[] words = command.Split(' ');
        var byOption = await RunAsync([.. words, "--http", "nowhere"]);
        Assert.Equal(2, byOption.Code);
        Assert.Contains("is no address", Assert.Single(Lines(byOption.Error)), StringComparison.Ordinal);

        var listen = await RunAsync([.. words, "--listen", "pigeon://loft"]);
        Assert.Equal(2, listen.Code);
        Assert.Contains("is called 'pigeon'", Assert.Single(Lines(listen.Error)), StringComparison.Ordinal);

        var missing = await RunAsync([.. words, "--config", "/nowhere/culvert.json"]);
        Assert.Equal(2, missing.Code);
        Assert.Contains("There is no file", Assert.Single(Lines(missing.Error)), StringComparison.Ordinal);

        using var byVariable = CommandRun.Start(
            "env", ["CULVERT_SPOOL__MAXSIZE=64MiB", "dotnet", CommandRun.Tool, .. words]);
        var (code, _, error) = await byVariable.EndAsync();
        Assert.Equal(2, code);
        Assert.Contains("CULVERT_SPOOL__MAXSIZE", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task SendNeedleAsync()
    {
        if (await started.CountAsync("needle") > 0) return;
        await started.SendLinesAsync("a needle in the hay"u8.ToArray());
        await started.UntilFoundAsync("needle");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var run = CommandRun.Culvert(arguments);
        return await run.EndAsync();
    }

    [GeneratedRegex(@"^  ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex CommandName();
}
