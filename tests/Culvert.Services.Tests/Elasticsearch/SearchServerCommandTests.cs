using Culvert.Cli.Processes;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Collector.Tests.Query;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The commands that read, asked with --elasticsearch.</summary>
[Collection(SearchServer.Collection)]
public sealed class SearchServerCommandTests(SearchServer server)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_CommandsThatRead_AnswerFromTheServer()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync(QueryDocument.Records.Select(record => record.Record));
        await engines.IndexAsync();
        string[] where = ["--elasticsearch", server.Address.ToString(), "--index", $"{engines.Prefix}-*"];

        var (code, said) = await RunningCollector.RunToolAsync(["search", "level>=error", .. where]);
        Assert.Equal(0, code);
        Assert.Contains("Connection refused by 10.0.0.1:5432", said, StringComparison.Ordinal);
        Assert.Equal((0, "4"), await RunningCollector.RunToolAsync(["search", "level>=warn", "--count", .. where]));
        Assert.Equal((1, "0"), await RunningCollector.RunToolAsync(["search", "nosuchword", "--count", .. where]));
        (code, said) = await RunningCollector.RunToolAsync(["search", "status:200", "--json", .. where]);
        Assert.Equal(0, code);
        Assert.Contains("\"user\":\"alice smith\"", said, StringComparison.Ordinal);
        (code, said) = await RunningCollector.RunToolAsync(["stats", .. where]);
        Assert.Equal(0, code);
        Assert.Contains($"8 records in {engines.Prefix}-*", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_NewRecord_IsPrinted()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync([new TestRecord("first")]);
        await engines.IndexAsync();
        await using var tail = ChildProcess.StartSelf(
            ["tail", "--elasticsearch", server.Address.ToString(), "--index", $"{engines.Prefix}-*"]);

        // When it began nobody says; a record that comes later than its beginning is printed, behind its time.
        var line = tail.WaitForLineAsync("2023-11-14", Timeout);
        while (!line.IsCompleted)
        {
            await engines.AcceptAsync([new TestRecord("next")]);
            await engines.IndexAsync();
            await Task.WhenAny(line, engines.Server.CountAsync(new(), TestContext.Current.CancellationToken));
        }

        Assert.Contains("next", await line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Started_ServesTheApiOverTheServer()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync([new TestRecord("hello page")]);
        await engines.IndexAsync();
        var folder = Directory.CreateTempSubdirectory("culvert-page-");
        await using (var page = ChildProcess.StartSelf(
            ["page", "--elasticsearch", server.Address.ToString(), "--index", $"{engines.Prefix}-*", "--http",
                "127.0.0.1:0", "--data", folder.FullName]))
        {
            var address = (await page.WaitForLineAsync("ready ", Timeout)).Split(' ')[1];
            var (code, said) = await RunningCollector.RunToolAsync(
                "search", "hello", "--http", address, "--data", folder.FullName);
            Assert.True(code == 0 && said.Contains("hello page", StringComparison.Ordinal), said);
            Assert.True(await page.StopAsync(Timeout), page.LastLines);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_WhatCannotBeAsked_IsOneSentence()
    {
        using var client = server.Connect();
        foreach (var (arguments, sentence) in ((string[], string)[])
            [
                (["search", "--elasticsearch", "127.0.0.1:1"], "No search server listens at http://127.0.0.1:1/"),
                (["stats", "--elasticsearch", "127.0.0.1:1"], "No search server listens at http://127.0.0.1:1/"),
                (["page", "--elasticsearch", "127.0.0.1:1"], "No search server listens at http://127.0.0.1:1/"),
                (["tail", "--elasticsearch", client.Address.ToString(), "--index", "nothing-*"],
                    "has no index nothing-*; run culvert elasticsearch setup"),
                (["search", "--elasticsearch", client.Address.ToString(), "--index", "nothing"],
                    "has no index nothing; run culvert elasticsearch setup"),
                (["stats", "--elasticsearch", client.Address.ToString(), "--index", "nothing-*"],
                    "has no index nothing-*; run culvert elasticsearch setup"),
            ])
        {
            var (code, said) = await RunningCollector.RunToolAsync(arguments);
            Assert.Equal(1, code);
            Assert.Contains(sentence, said, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', said.Trim());
        }
    }
}
