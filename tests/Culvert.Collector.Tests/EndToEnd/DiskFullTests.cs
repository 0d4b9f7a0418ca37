using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Culvert.Cli.Reading;
using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>The disk of a running collector fills up, and gets space again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task DiskFull_ThenSpace_NothingAcknowledgedIsLostAndItRecoversByItself()
    {
        await using var collector = new RunningCollector();
        Directory.CreateDirectory(collector.DataFolder);
        await MountAsync(collector.DataFolder);
        try
        {
            var configuration = Path.Combine(collector.Folder, "culvert.json");
            await File.WriteAllTextAsync(
                configuration,
                """{ "spool": { "segmentSize": "1MiB", "maxSize": "16MiB", "minFree": "1MiB" } }""",
                TestContext.Current.CancellationToken);
            await collector.StartAsync("--config", configuration);
            await RunAsync(collector);
            await collector.StopAsync();
        }
        finally
        {
            // The collector holds files of it until it ended, also when the test failed.
            await collector.EndAsync();
            await RunProgramAsync("umount", collector.DataFolder);
        }
    }

    private static async Task RunAsync(RunningCollector collector)
    {
        var (before, during) = (StartedCollector.Word(), StartedCollector.Word());
        using var lines = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await lines.ConnectAsync(new UnixDomainSocketEndPoint(collector.SocketPath),
            TestContext.Current.CancellationToken);
        await StartedCollector.SendAsync(lines, StartedCollector.Utf8(before + "\n"));
        await UntilFoundAsync(collector, before);

        var ballast = Path.Combine(collector.DataFolder, "ballast");
        Fill(ballast);
        await StartedCollector.UntilAsync(
            async () => await StatusAsync(collector, "readyz") == HttpStatusCode.ServiceUnavailable, "not ready");

        // The page and the search go on; a sender that can keep is told to, what the others sent waits in memory.
        Assert.Equal(1, await CountAsync(collector, before));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(collector, ""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(collector));
        await StartedCollector.SendAsync(lines, StartedCollector.Utf8(during + "\n"));
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var datagram = StartedCollector.Word();
        await datagrams.SendToAsync(
            StartedCollector.Utf8($"<14>app: {datagram}"), new UnixDomainSocketEndPoint(collector.SyslogPath));
        Assert.Equal(0, await CountAsync(collector, during));

        File.Delete(ballast);
        await StartedCollector.UntilAsync(
            async () => await StatusAsync(collector, "readyz") == HttpStatusCode.OK, "ready again");
        await UntilFoundAsync(collector, during);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(collector));
        Assert.Equal(1, await CountAsync(collector, during));
        await UntilFoundAsync(collector, datagram);
        Assert.True((await collector.LedgerAsync()).GetProperty("balanced").GetBoolean());
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // That is full.
        }
    }

    private static async Task MountAsync(string folder)
    {
        if (Environment.UserName != "root") Assert.Skip("Only root may mount a small tmpfs.");
        if (CommandRun.FindProgram("mount") is null) Assert.Skip("The program 'mount' is not here.");
        var (code, error) = await RunProgramAsync("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", folder);
        if (code != 0) Assert.Skip($"A tmpfs cannot be mounted here: {error.Trim()}");
    }

    private static async Task<(int Code, string Error)> RunProgramAsync(string program, params string[] arguments)
    {
        using var run = CommandRun.Start(program, arguments);
        var (code, _, error) = await run.EndAsync();
        return (code, error);
    }

    private static Task UntilFoundAsync(RunningCollector collector, string word) =>
        StartedCollector.UntilAsync(async () => await CountAsync(collector, word) == 1, $"{word} found");

    private static async Task<long> CountAsync(RunningCollector collector, string word)
    {
        await using var reader = collector.OpenReader();
        return await reader.CountAsync(new SearchTerms(word, null, null), TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningCollector collector, string path)
    {
        using var client = new HttpClient { BaseAddress = collector.Page };
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(RunningCollector collector)
    {
        using var client = new HttpClient { BaseAddress = collector.Page };
        using var content = new StringContent(
            """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"by otlp"}}]}]}]}
            """);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync("v1/logs", content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
